import { defineProblem } from '../errors/problem.js';

export const StorageFull = defineProblem('storage-full', 507, 'There is no room for this file.');
