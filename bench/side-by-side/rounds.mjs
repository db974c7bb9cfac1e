import { median } from '../table.mjs';

/**
 * Measures contenders in turns, forwards and backwards by turns, so that what else the machine does
 * meets all alike; each is warmed up first. A contender has a `program`, a `warmUp()`, and a `run()`
 * that returns calls and seconds. Returns for each, by name, its rates, and what a call took of a
 * processor where the system tells.
 */
export async function inTurns(contenders, rounds) {
  for (const { warmUp } of contenders) await warmUp();
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  for (let turn = 0; turn < rounds; turn++) {
    for (const contender of turn % 2 === 0 ? contenders : contenders.toReversed()) {
      samples.get(contender.name).push(await sampleOf(contender));
    }
  }
  return samples;
}

async function sampleOf({ program, run }) {
  const before = program.cpuSeconds();
  const { calls, seconds } = await run();
  return {
    rate: calls / seconds,
    cpuMicroseconds: ((program.cpuSeconds() - before) / calls) * 1e6,
  };
}

/** Ratios of one to another, round by round: two samples of a round met the same machine. */
export function compare(ours, theirs) {
  const ratios = ours.map(({ rate }, turn) => rate / theirs[turn].rate);
  return {
    ours: median(ours.map(({ rate }) => rate)),
    theirs: median(theirs.map(({ rate }) => rate)),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    cpu: [cpuOf(ours), cpuOf(theirs)],
  };
}

function cpuOf(samples) {
  return median(samples.map(({ cpuMicroseconds }) => cpuMicroseconds));
}
