/** What is undone in the last moment of this process, however it ends; what was begun last comes first. */
const undoings = new Set();
let isOver = false;

process.on('exit', () => {
  for (const undo of [...undoings].toReversed()) {
    try {
      undo();
    } catch {
      // nobody is left to hear of it, and the next is to have its turn
    }
  }
});

/**
 * Has something undone at the latest when this process ends, at once and without waiting for anything.
 * Returns what forgets it.
 *
 * @param {() => unknown} undo
 */
export function undoAtTheLatest(undo) {
  undoings.add(undo);
  return () => void undoings.delete(undo);
}

/** Undone when the drill is over, or in the last moment when that does not come. */
export function undoWith(drill, undo) {
  const forget = undoAtTheLatest(undo);
  drill.endWith(() => {
    undo();
    forget();
  });
}

/** From now on nothing is started: the drill that would do so is being ended. */
export function startNoMore() {
  isOver = true;
}

/** Throws when nothing is to be started any more. */
export function refuseWhenOver() {
  if (isOver) throw new Error('nothing is started any more: the drill is being ended');
}
