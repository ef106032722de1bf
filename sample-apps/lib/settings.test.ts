import { expect, test } from "vitest";
import { numberSetting, peerUrl, textSetting } from "./settings.ts";

const bounds = { standard: 10, min: 0, max: 500 };

test.each([
  [undefined, 10],
  ["", 10],
  ["0", 0],
  ["500", 500],
  ["2.5", 2.5],
])("RPS=%s means %d", (text, value) => {
  expect(numberSetting({ RPS: text }, "RPS", bounds)).toBe(value);
});

test.each(["-1", "500.1", "ten", "Infinity", "1e9"])("RPS=%s is refused with what is allowed", (text) => {
  expect(() => numberSetting({ RPS: text }, "RPS", bounds)).toThrow(
    `RPS="${text}" is not allowed: a number from 0 to 500`,
  );
});

test("a text without a default must be set", () => {
  expect(() => textSetting({ SIGNING_KEY: "" }, "SIGNING_KEY")).toThrow('SIGNING_KEY="" is not allowed');
});

test.each([
  [{ AUTH_URL: "http://127.0.0.1:1234", AUTH_SERVICE_HOST: "10.0.0.1" }, "http://127.0.0.1:1234/"],
  [{ AUTH_SERVICE_HOST: "10.0.0.1", AUTH_SERVICE_PORT: "80" }, "http://10.0.0.1/"],
  [{ AUTH_SERVICE_HOST: "10.0.0.1" }, "http://10.0.0.1:8080/"],
  [{}, "http://auth:8080/"],
])("with %j auth is at %s", (env, url) => {
  expect(peerUrl(env, "auth").href).toBe(url);
});

test("an address that is no URL is refused by name", () => {
  expect(() => peerUrl({ AUTH_URL: "auth" }, "auth")).toThrow("AUTH_URL");
});
