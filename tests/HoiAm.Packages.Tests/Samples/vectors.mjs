// Runs the vectors in the file given first through the receiver in the folder given second.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { keyOf, verdict } = await import(pathToFileURL(process.argv[3] + '/receiver.mjs').href);
for (const v of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  console.log(verdict(Buffer.from(v.payload), v.id, v.timestamp, v.signature, v.secrets.map(keyOf), v.now));
}
