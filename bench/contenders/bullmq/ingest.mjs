// The vendor's side: a report becomes a BullMQ job, and is answered only when Redis has it on disk (appendfsync always).
import http from "node:http";
import { Queue } from "bullmq";
import { Redis } from "ioredis";

const [port, redisPort] = process.argv.slice(2).map(Number);
const connection = new Redis({ host: "127.0.0.1", port: redisPort, maxRetriesPerRequest: null, enableAutoPipelining: true });
const queue = new Queue("callbacks", {
  connection,
  defaultJobOptions: { attempts: 6, backoff: { type: "exponential", delay: 5000 }, removeOnComplete: true, removeOnFail: false },
});
await queue.waitUntilReady();

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    let status = 200, answer;
    try {
      const report = JSON.parse(Buffer.concat(chunks));
      if (!report.msisdn || !report.referentId) {
        throw new SyntaxError("msisdn and referentId are required");
      }
      await queue.add("callback", report);
      answer = { code: 0, data: report, message: "success", errors: {}, total_record: 0, current_page: 0 };
    } catch (error) {
      status = error instanceof SyntaxError ? 400 : 503;
      answer = { code: status, data: null, message: String(error.message), errors: {}, total_record: 0, current_page: 0 };
    }
    const text = JSON.stringify(answer);
    response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
    response.end(text);
  });
});
server.keepAliveTimeout = 600_000;
server.listen(port, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
