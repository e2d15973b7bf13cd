// Receives status callbacks of a HoiAm hub with Node's standard library alone: checks the signature, takes each callback once.
//
//     SIGNING_SECRET=... node receiver.mjs            # listens on 127.0.0.1:8701, PORT chooses another port
//
// Each callback becomes a line of states.ndjson (STATES chooses another file); the answer is 200 only after that line is on the disk.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const toleranceSeconds = 300;
const longest = 64 * 1024;

// whsec_ and base64, or any other text as it stands.
export function keyOf(secret) {
  const base64 = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : '';
  const key = Buffer.from(base64, 'base64');
  return base64 && key.toString('base64') === base64 ? key : Buffer.from(secret, 'utf8');
}

// Valid, Missing, Malformed, TooOld, TooNew or Mismatch. The payload of a GET is the path and query exactly as sent.
export function verdict(payload, id, timestamp, signature, keys, now = Date.now() / 1000) {
  if (!id || !timestamp || !signature) return 'Missing';
  if (!/^[0-9]{1,11}$/.test(timestamp)) return 'Malformed';
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'utf8'), payload]);
  let matches = false;
  for (const key of keys) {
    const expected = Buffer.from('v1,' + createHmac('sha256', key).update(content).digest('base64'));
    for (const part of signature.split(' ')) {
      const given = Buffer.from(part);
      matches = (given.length === expected.length && timingSafeEqual(given, expected)) || matches;
    }
  }
  if (!matches) return 'Mismatch';
  const age = now - Number(timestamp);
  return age > toleranceSeconds ? 'TooOld' : age < -toleranceSeconds ? 'TooNew' : 'Valid';
}

// One line for each callback, and the ids of all of them in memory, so that a repeat is recognised, also after a restart.
class Journal {
  constructor(path) {
    this.seen = new Set();
    if (existsSync(path)) {
      const bytes = readFileSync(path);
      const whole = bytes.lastIndexOf(10) + 1;
      for (const line of bytes.subarray(0, whole).toString('utf8').split('\n')) {
        if (line) this.seen.add(JSON.parse(line).id);
      }
      truncateSync(path, whole); // what follows was torn by a crash, and never acknowledged
    }
    this.file = openSync(path, 'a');
  }

  keep(callback) {
    if (this.seen.has(callback.id)) return;
    writeSync(this.file, JSON.stringify(callback) + '\n');
    fsyncSync(this.file); // from here on it may be acknowledged
    this.seen.add(callback.id);
  }
}

function fieldsOf(request, body) {
  let pairs;
  if (request.method === 'GET') {
    const question = request.url.indexOf('?');
    pairs = new URLSearchParams(question < 0 ? '' : request.url.slice(question + 1));
  } else if ((request.headers['content-type'] ?? '').includes('json')) {
    try {
      pairs = Object.entries(JSON.parse(body.toString('utf8')));
    } catch {
      pairs = [];
    }
  } else {
    pairs = new URLSearchParams(body.toString('utf8'));
  }
  return Object.fromEntries([...pairs].map(([name, value]) => [name.toLowerCase(), value]));
}

function answer(response, status, text) {
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(text) }).end(text);
}

function take(request, response, body, keys, journal) {
  if (request.method !== 'GET' && request.method !== 'POST') return answer(response, 405, 'GET or POST');
  const headers = request.headers;
  const payload = request.method === 'GET' ? Buffer.from(request.url, 'latin1') : body;
  const result = verdict(payload, headers['webhook-id'], headers['webhook-timestamp'], headers['webhook-signature'], keys);
  if (result !== 'Valid') return answer(response, 401, result);
  const fields = fieldsOf(request, body);
  if (!fields.smsid) return answer(response, 400, 'no SMSID');
  try {
    journal.keep({ id: headers['webhook-id'], smsId: fields.smsid, status: fields.sendstatus, success: fields.sendsuccess });
  } catch {
    return answer(response, 503, 'cannot be kept'); // the hub has it still
  }
  answer(response, 200, 'OK');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  // While a secret is being changed, SIGNING_SECRET_OLD is the one before.
  const keys = [process.env.SIGNING_SECRET, process.env.SIGNING_SECRET_OLD].filter(Boolean).map(keyOf);
  const journal = new Journal(process.env.STATES ?? 'states.ndjson');
  process.on('exit', () => closeSync(journal.file));
  createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    const chunks = [];
    let length = 0;
    request.on('data', chunk => {
      length += chunk.length;
      if (length <= longest) chunks.push(chunk);
    });
    request.on('end', () => (length > longest ? answer(response, 413, 'too long') : take(request, response, Buffer.concat(chunks), keys, journal)));
  }).listen(Number(process.env.PORT ?? 8701), '127.0.0.1');
}
