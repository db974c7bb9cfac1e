import { overview } from '../panels/overview.js';

/** In the order of the menu and of the keys 1 to 9. */
export const panels = [overview];
