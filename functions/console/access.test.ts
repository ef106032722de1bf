import { ConfigError, readConfig } from "@autoheal/lib/runtime";
import { expect, test } from "vitest";
import { accessBy, cookieName, sessionSeconds, tokens } from "./access.ts";

const first = "first-token-0123456789";
const second = "second-token-0123456789";
let clock = Date.parse("2026-03-01T10:00:00Z");
const now = () => new Date(clock);

test.each([
  ["localhost:8080", "granted"],
  ["127.0.0.1:8080", "granted"],
  ["127.42.1.7", "granted"],
  ["[::1]:8080", "granted"],
  ["console.autoheal.svc.cluster.local", "granted"],
  ["console.autoheal.svc", "granted"],
  ["console", "granted"],
  ["status.example.org", "foreign-host"],
  ["console.example.svc.example.org", "foreign-host"],
  ["127.0.0.1.example.org", "foreign-host"],
  ["localhost.example.org:8080", "foreign-host"],
  ["10.1.2.3", "foreign-host"],
  ["", "foreign-host"],
])("without tokens, the host %s is %s", (host, verdict) => {
  expect(accessBy([], now).verdict({ host })).toBe(verdict);
});

test("with tokens, each of them opens from any host, and nothing else does", () => {
  const access = accessBy([first, second], now);
  const host = "status.example.org";
  expect(access.verdict({ host, authorization: `Bearer ${first}` })).toBe("granted");
  expect(access.verdict({ host, authorization: `bearer ${second}` })).toBe("granted");
  for (const authorization of [
    undefined,
    "",
    "Bearer ",
    "Bearer wrong-token-0123456789",
    `Basic ${first}`,
    `Bearer ${first}x`,
  ]) {
    expect(access.verdict({ host: "localhost", authorization })).toBe("needs-token");
  }
});

test("a login's cookie opens until it expires, or its token is taken away", () => {
  const access = accessBy([first], now);
  const cookie = `other=1; ${cookieName}=${access.login(first)}`;
  expect(access.verdict({ cookie })).toBe("granted");
  expect(accessBy([second], now).verdict({ cookie })).toBe("needs-token");
  clock += sessionSeconds * 1000;
  expect(access.verdict({ cookie })).toBe("needs-token");
});

test("no cookie can be made without a token", () => {
  const access = accessBy([first], now);
  expect(access.login("wrong-token-0123456789")).toBeUndefined();
  const [, signature] = (access.login(first) ?? "").split(".");
  for (const value of ["", ".", `${clock + 1e9}.${signature}`, `${clock + 1e9}.`, "NaN.x"]) {
    expect(access.verdict({ cookie: `${cookieName}=${value}` })).toBe("needs-token");
  }
});

test("a token that can be guessed is refused, without being repeated", () => {
  const read = (value: string) => readConfig({ TOKENS: value }, { tokens: tokens("TOKENS") }).tokens;
  expect(read(` ${first}, ${second} `)).toEqual([first, second]);
  expect(read("")).toEqual([]);
  expect(() => read(`${first},short`)).toThrow(
    new ConfigError("TOKENS can't be used; allowed: tokens of at least 16 characters, separated by commas"),
  );
});
