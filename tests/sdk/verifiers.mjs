// How an application asks each library whether an event is true: the sample code of its documentation,
// unguarded. A function returns whether the event is true, or throws whatever the library throws.

import https from 'node:https';
import { EventEmitter } from 'node:events';

import { verifyWebhook } from '@clerk/backend/webhooks';
import { validateSignature } from '@line/bot-sdk';
import { LinearWebhookClient } from '@linear/sdk/webhooks';
import { verify as verifyGitHub } from '@octokit/webhooks-methods';
import '@shopify/shopify-api/adapters/web-api';
import { shopifyApi } from '@shopify/shopify-api';
import { EventSubMiddleware } from '@twurple/eventsub-http';
import { AwsLambdaReceiver } from '@zoom/rivet/teamchat';
import MessageValidator from 'sns-validator';

console.debug = console.info = () => {}; // two of them tell about every event

const fetched = (request) =>
  new Request(request.url, { method: request.method, headers: request.headers, body: request.body });

function clerk(request) {
  return verifyWebhook(fetched(request), { signingSecret: request.secret }).then(() => true);
}

function github(request) {
  return verifyGitHub(request.secret, request.body.toString(), request.headers['x-hub-signature-256']);
}

function line(request) {
  return validateSignature(request.body, request.secret, request.headers['x-line-signature']);
}

function linear(request) {
  return new LinearWebhookClient(request.secret).verify(request.body, request.headers['linear-signature']);
}

async function shopify(request) {
  const app = shopifyApi({
    apiKey: 'unused',
    apiSecretKey: request.secret,
    apiVersion: '2026-07',
    hostName: 'listener.example',
    isEmbeddedApp: false,
    logger: { log: () => {} },
  });
  const raw = { rawBody: request.body.toString(), rawRequest: fetched(request), rawResponse: new Response() };
  return (await app.webhooks.validate(raw)).valid;
}

// The certificate of the vectors stands where Amazon's would be fetched from; there is no other, and no network.
function sns(request) {
  https.get = (url, answer) => {
    const response = new EventEmitter();
    response.statusCode = url === request.secret.cert_url ? 200 : 404;
    process.nextTick(() => {
      answer(response);
      response.emit('data', pem(request.secret.cert_pem));
      response.emit('end');
    });
    return response;
  };
  return new Promise((resolve, reject) =>
    new MessageValidator().validate(request.body.toString(), (error) => (error ? reject(error) : resolve(true))),
  );
}

const pem = ({ pem_label: label, base64 }) => `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;

// Its middleware wants an application at Twitch; this is the part that verifies, and the check before it.
function twitch({ headers, body, secret }) {
  const told = (name) => headers[`twitch-eventsub-message-${name}`];
  if (told('signature') === undefined) return false;
  return EventSubMiddleware.prototype._verifyData.call(
    { _secret: secret }, told('id'), told('timestamp'), body.toString(), told('signature'),
  );
}

async function zoom({ headers, body, secret }) {
  const receive = new AwsLambdaReceiver({ webhooksSecretToken: secret }).start();
  const { statusCode, body: said } = await receive({ headers, body: body.toString(), isBase64Encoded: false }, {});
  if (statusCode === 500) throw new Error(said);
  return statusCode === 200;
}

// Library → its function, and the errors by which its documentation says that it refuses.
const plain = (error) => error.constructor === Error;
export const VERIFIERS = {
  github: { '@octokit/webhooks-methods': { ask: github, refuses: () => false } },
  shopify: { '@shopify/shopify-api': { ask: shopify, refuses: () => false } },
  zoom: { '@zoom/rivet': { ask: zoom, refuses: () => false } },
  linear: { '@linear/sdk': { ask: linear, refuses: plain } },
  line: { '@line/bot-sdk': { ask: line, refuses: () => false } },
  clerk: { '@clerk/backend': { ask: clerk, refuses: plain } },
  twitch: { '@twurple/eventsub-http': { ask: twitch, refuses: () => false } },
  sns: { 'sns-validator': { ask: sns, refuses: plain } },
};
