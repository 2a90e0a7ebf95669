import { percentiles } from '../percentiles.mjs';

/**
 * Times every call of every subject by itself, in rounds that go through all subjects, so that a slow moment of the
 * machine falls on all of them. The warm-up is dropped; pauses of the garbage collector are in the samples.
 *
 * @returns one row a subject, times in µs
 */
export function timeSubjects(subjects, { warmUp, rounds, callsPerRound }) {
  const tracks = subjects.map((subject) => ({
    subject,
    samples: new Float64Array(rounds * callsPerRound),
    calls: 0,
  }));
  for (const { subject } of tracks) for (let call = 0; call < warmUp; call++) consume(subject.run(call));
  for (let round = 0; round < rounds; round++) for (const track of tracks) timeRound(track, callsPerRound);
  return tracks.map(({ subject: { run: _, before: __, ...about }, samples }) => {
    const total = samples.reduce((sum, sample) => sum + sample, 0);
    return {
      ...about,
      calls: samples.length,
      perSecond: (samples.length / total) * 1e6,
      meanUs: total / samples.length,
      us: percentiles(samples),
    };
  });
}

function timeRound(track, calls) {
  const { subject, samples } = track;
  for (let call = 0; call < calls; call++) {
    subject.before?.();
    const started = performance.now();
    consume(subject.run(track.calls));
    samples[track.calls++] = (performance.now() - started) * 1000;
  }
}

let consumed = 0;

function consume(value) {
  consumed += value;
  if (consumed === Number.NEGATIVE_INFINITY) throw new Error('never');
}
