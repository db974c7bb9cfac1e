import { readFileSync } from 'node:fs';

const PAUSE_MS = 200;
const PAGES_FIELD = 1;
const PAGE_BYTES = 4_096;

/** The most memory that a process was seen to have (RSS), by proc(5). */
export class MemoryWatch {
  mostMb = 0;
  #timer;

  constructor(pid) {
    this.#timer = setInterval(() => {
      this.mostMb = Math.max(this.mostMb, megabytesOf(pid));
    }, PAUSE_MS);
  }

  /** Forgets what was before. */
  begin() {
    this.mostMb = 0;
  }

  stop() {
    clearInterval(this.#timer);
  }
}

function megabytesOf(pid) {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[PAGES_FIELD]);
    return (pages * PAGE_BYTES) / 1_048_576;
  } catch {
    return 0; // it has ended
  }
}
