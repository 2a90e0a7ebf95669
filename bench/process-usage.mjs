import { readFileSync } from 'node:fs';

/** Largest resident set a process has had, in bytes; undefined when it is gone or this is not Linux. */
export function peakBytes(pid) {
  return statusBytes(pid, 'VmHWM');
}

/** Resident set of a process now, in bytes; undefined when it is gone or this is not Linux. */
export function residentBytes(pid) {
  return statusBytes(pid, 'VmRSS');
}

/** Memory of a process that is no file's: what it would take without the ledger's map; undefined as above. */
export function anonymousBytes(pid) {
  return statusBytes(pid, 'RssAnon');
}

/** Bytes a process has handed to the system to be written, to files and sockets; undefined as above. */
export function writtenBytes(pid) {
  const written = readProc(`${pid}/io`)?.match(/^wchar: (\d+)$/m)?.[1];
  return written === undefined ? undefined : Number(written);
}

/** Kernel ticks are 10 ms on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Processor seconds a process has used, user and system; undefined when it is gone or this is not Linux. */
export function cpuSeconds(pid) {
  const fields = statFields(pid);
  return fields && (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Processor seconds this process and its ended children have used. */
export function ownTreeCpuSeconds() {
  const fields = statFields('self');
  return fields && [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) / TICKS_PER_SECOND;
}

/**
 * Processor seconds spent by everybody on this machine, and those that its host gave to other machines while this one
 * wanted them; undefined when this is not Linux.
 */
export function machineCpuSeconds() {
  const text = readProc('stat');
  if (text === undefined) return undefined;
  const [user, nice, system, , , irq, softirq, steal = 0] = text
    .split('\n')[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) / TICKS_PER_SECOND);
  return { busy: user + nice + system + irq + softirq, stolen: steal };
}

/** Processors that others kept busy, and that the host of a virtual machine took, from now until the call. */
export function watchOthers() {
  const now = () => ({ ...machineCpuSeconds(), own: ownTreeCpuSeconds(), wall: performance.now() / 1000 });
  const before = now();
  return () => {
    const after = now();
    const wall = after.wall - before.wall;
    return {
      othersCpu: (after.busy - before.busy - (after.own - before.own)) / wall,
      stolenCpu: (after.stolen - before.stolen) / wall,
    };
  };
}

/** Fields of /proc/PID/stat from the state on: the name before may hold spaces. */
function statFields(pid) {
  const text = readProc(`${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function statusBytes(pid, field) {
  const kilobytes = readProc(`${pid}/status`)?.match(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function readProc(path) {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}
