/** A function's first event, and who it meets while it handles it: for what is measured and warmed at the start of a process. */
export { startNeighbours } from "./neighbours.ts";
export { environmentOf, type FirstRequest, firstRequests } from "./requests.ts";
