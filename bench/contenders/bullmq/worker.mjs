// The customer's side: each job is one GET to the hook; anything but 2xx throws, and BullMQ tries again later.
import http from "node:http";
import { Worker } from "bullmq";
import { Redis } from "ioredis";

const [redisPort, sinkPort] = process.argv.slice(2).map(Number);
const connection = new Redis({ host: "127.0.0.1", port: redisPort, maxRetriesPerRequest: null, enableAutoPipelining: true });
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

function callbackPath(r) {
  const hook = Number(r.msisdn.slice(-2));
  const failed = r.status === 2 ? 0 : 1;
  return `/h${hook}?SMSID=${r.referentId}&SendFailed=${failed}&SendStatus=5&SendSuccess=${1 - failed}&TotalPrice=400.0000` +
    `&TotalReceiver=1&TotalSent=1&RequestId=${r.requestId}&TypeId=2&telcoid=2&phonenumber=0${r.msisdn.slice(2)}&switchsmsid=`;
}

function deliver(job) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port: sinkPort, path: callbackPath(job.data), agent, timeout: 10_000 }, (response) => {
      response.resume();
      response.on("end", () => (response.statusCode < 300 ? resolve() : reject(new Error(`hook answered ${response.statusCode}`))));
    });
    request.on("timeout", () => request.destroy(new Error("hook timed out")));
    request.on("error", reject);
  });
}

const worker = new Worker("callbacks", deliver, { connection, concurrency: 64 });
worker.on("error", (error) => console.error(error.message));
process.on("SIGTERM", () => process.exit(0));
