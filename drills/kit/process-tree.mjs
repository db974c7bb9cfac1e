import { readdirSync, readFileSync } from 'node:fs';

/** Tells the process, if it is still there. */
export function signal(pid, name) {
  try {
    if (pid > 0) process.kill(pid, name);
  } catch {
    // it ended meanwhile
  }
}

/** By proc(5): the second number after the name in parentheses is the parent. */
export function descendantsOf(pid) {
  const children = new Map();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(entry);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found = [];
  for (let next = [pid]; next.length > 0;) {
    next = next.flatMap((one) => children.get(one) ?? []);
    found.push(...next);
  }
  return found;
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(
      stat
        .slice(stat.lastIndexOf(')') + 1)
        .trim()
        .split(' ')[1],
    );
  } catch {
    return -1;
  }
}
