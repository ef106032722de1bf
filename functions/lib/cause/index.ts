/** A cause is why a workload is in trouble. The remedy follows from the cause, never from an alert's name. */
export { type Cause, causes } from "./causes.ts";
