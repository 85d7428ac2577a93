/**
 * Preloaded into a command (`node --import`): counts what it reads of some files, and appends that to a report at its
 * end, with its processor time and its peak of memory. A worker thread appends a line of its own.
 */
import dns from 'node:dns';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { files, report, host } = JSON.parse(process.env.BENCH_WATCH);
const { appendFileSync, fstatSync, statSync } = fs;
const watched = new Set(files.map((file) => identity(statSync(file))));
const now = () => performance.timeOrigin + performance.now();
let bytesRead = 0;
let firstReadAt;
/** `readFileSync` calls `readSync`. */
let within = 0;

function identity({ dev, ino }) {
  return `${dev}:${ino}`;
}

/** Whether a path, a file descriptor or a FileHandle is of one of the files. */
function isWatched(place) {
  const fd = place?.fd ?? place;
  try {
    return watched.has(identity(typeof fd === 'number' ? fstatSync(fd) : statSync(fd)));
  } catch {
    // The read itself will say what is wrong with it.
    return false;
  }
}

function note(bytes) {
  firstReadAt ??= now();
  bytesRead += bytes;
}

const sizeOf = (read) =>
  typeof read === 'number' ? read : (read.bytesRead ?? Buffer.byteLength(read));

/** Puts a function in another's place; what hangs on it (its form for `promisify`) stays. */
function replace(owner, name, wrap) {
  const original = owner[name];
  owner[name] = Object.defineProperties(wrap(original), Object.getOwnPropertyDescriptors(original));
}

const withCallback = (original) =>
  function (place, ...rest) {
    const done = rest.pop();
    if (!isWatched(place)) return original.call(this, place, ...rest, done);
    return original.call(this, place, ...rest, (error, read, ...more) => {
      if (!error) note(sizeOf(read));
      done(error, read, ...more);
    });
  };

const atOnce = (original) =>
  function (place, ...rest) {
    within++;
    try {
      const read = original.call(this, place, ...rest);
      if (within === 1 && isWatched(place)) note(sizeOf(read));
      return read;
    } finally {
      within--;
    }
  };

const asPromise = (original) =>
  async function (...args) {
    // A method of FileHandle, or a function of a path or a FileHandle.
    const isOurs = isWatched(this?.fd === undefined ? args[0] : this);
    const read = await original.apply(this, args);
    if (isOurs) note(sizeOf(read));
    return read;
  };

for (const name of ['read', 'readv', 'readFile']) {
  replace(fs, name, withCallback);
  replace(fs, `${name}Sync`, atOnce);
}
replace(fs.promises, 'readFile', asPromise);
const handle = await fs.promises.open(process.execPath);
for (const name of ['read', 'readv', 'readFile']) {
  replace(Object.getPrototypeOf(handle), name, asPromise);
}
await handle.close();

// Bodies are compressed only to hosts that do not look like this machine.
replace(
  dns,
  'lookup',
  (original) =>
    (name, ...rest) =>
      original(name === host ? '127.0.0.1' : name, ...rest),
);
syncBuiltinESMExports();

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
  const line = { bytesRead, firstReadAt, endedAt: now(), cpuSeconds, peakMb: maxRSS / 1024 };
  appendFileSync(report, `${JSON.stringify(line)}\n`);
});
