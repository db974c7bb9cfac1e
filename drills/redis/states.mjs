const SLOW_MS = 500;
const RESET_PAUSE_MS = 150;
const FLUSH_PAUSE_MS = 100;

export const STATES = ['refused', 'reset', 'vanished', 'slow', 'flushed', 'frozen', 'killed'];

/**
 * The ways in which Redis fails. Each: `breaks()`, `mends()`, and whether it is away meanwhile
 * (`isAway`), or there but of little use. What takes a server of our own is left out where it is not.
 */
export function statesOf(drill, { proxy, server, flush }) {
  const states = [
    {
      name: 'refused',
      isAway: true,
      breaks: () => proxy.refuse(),
      mends: () => proxy.pass(),
    },
    repeated('reset', RESET_PAUSE_MS, () => proxy.cut()),
    {
      // a black hole, then a line that is open on one side only
      name: 'vanished',
      isAway: true,
      breaks: () => proxy.swallow(),
      mends: () => proxy.pass(),
    },
    {
      name: 'slow',
      isAway: true,
      breaks: () => proxy.slow(SLOW_MS),
      mends: () => proxy.pass(),
    },
  ];
  if (!server) {
    drill.note('left out, for they take a Redis of the drill’s own: flushed, frozen, killed');
    return states;
  }
  return [
    ...states,
    repeated('flushed', FLUSH_PAUSE_MS, flush),
    {
      name: 'frozen',
      isAway: true,
      breaks: () => server.process.freeze(),
      mends: () => server.process.thaw(),
    },
    {
      // and comes back empty
      name: 'killed',
      isAway: true,
      breaks: () => server.crash(),
      mends: () => server.start(),
    },
  ];
}

/** Something that is done to it again and again. */
function repeated(name, pauseMs, act) {
  let timer;
  return {
    name,
    breaks() {
      timer = setInterval(() => act(), pauseMs);
    },
    mends: () => clearInterval(timer),
  };
}
