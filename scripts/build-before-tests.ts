/** vitest's global set-up: tests of built functions load the bundle as it will be deployed, so it is built before. */
export { buildAll as setup } from "./build.ts";
