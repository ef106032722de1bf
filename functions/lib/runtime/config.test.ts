import { expect, test } from "vitest";
import { ConfigError, flag, integer, list, readConfig, type Setting, seconds, text, url } from "./config.ts";

const read = <T>(setting: Setting<T>, value?: string) =>
  readConfig(value === undefined ? {} : { [setting.variable]: value }, { it: setting }).it;

test.each<[sentence: string, setting: Setting<unknown>, value: string | undefined, result: unknown]>([
  ["a text", text("X"), "a", "a"],
  ["a text that is left out", text("X", "b"), undefined, "b"],
  ["a text that may be empty", text("X", "b"), "", ""],
  ["a URL, without its last slash", url("X"), "http://broker.local:8080/a/", "http://broker.local:8080/a"],
  ["a URL that may be left out", url("X", ""), undefined, ""],
  ["a URL that may be empty", url("X", ""), "", ""],
  ["the least number", integer("X", 5, 1, 10), "1", 1],
  ["the most", integer("X", 5, 1, 10), "10", 10],
  ["a number that is left out", integer("X", 5, 1, 10), undefined, 5],
  ["a duration", seconds("X", "1s"), "30s", 30],
  ["a duration of parts", seconds("X", "1s"), "1h30m", 5400],
  ["a duration below a second", seconds("X", "1s"), "500ms", 0.5],
  ["days and weeks", seconds("X", "1s"), "1w1d", 691_200],
  ["true", flag("X", false), "true", true],
  ["false", flag("X", true), "false", false],
  ["a flag that is left out", flag("X", true), undefined, true],
  ["a list", list("X"), " a, b,,c ", ["a", "b", "c"]],
  ["an empty list", list("X", "a"), "", []],
])("%s", (_, setting, value, result) => {
  expect(read(setting, value)).toEqual(result);
});

test.each<[sentence: string, setting: Setting<unknown>, value: string | undefined, error: string]>([
  ["a text that is needed", text("X"), undefined, "X is not set; allowed: a text that is not empty"],
  ["a text that is needed, and empty", text("X"), "", 'X is ""; allowed: a text that is not empty'],
  ["no URL", url("X"), "broker", 'X is "broker"; allowed: an http:// or https:// URL without user and password'],
  [
    "a URL without a host",
    url("X"),
    "http:///a",
    'X is "http:///a"; allowed: an http:// or https:// URL without user and password',
  ],
  [
    "a URL with a password",
    url("X"),
    "http://ann:hunter/2@b",
    'X is "http://***@b"; allowed: an http:// or https:// URL without user and password',
  ],
  [
    "another scheme",
    url("X"),
    "ftp://a",
    'X is "ftp://a"; allowed: an http:// or https:// URL without user and password',
  ],
  [
    "a URL that is needed, and empty",
    url("X"),
    "",
    'X is ""; allowed: an http:// or https:// URL without user and password',
  ],
  ["below the least", integer("X", 5, 1, 10), "0", 'X is "0"; allowed: a whole number from 1 to 10'],
  ["above the most", integer("X", 5, 1, 10), "11", 'X is "11"; allowed: a whole number from 1 to 10'],
  ["no whole number", integer("X", 5, 1, 10), "1.5", 'X is "1.5"; allowed: a whole number from 1 to 10'],
  ["an empty number", integer("X", 5, 0, 10), "", 'X is ""; allowed: a whole number from 0 to 10'],
  ...["30", "s", "-1s", "1.5s", "1s ", "", "0s", "0h0ms"].map((value): [string, Setting<unknown>, string, string] => [
    `the duration ${JSON.stringify(value)}`,
    seconds("X", "1s"),
    value,
    `X is ${JSON.stringify(value)}; allowed: a duration such as 500ms, 30s, 5m or 1h30m`,
  ]),
  ["no flag", flag("X", true), "yes", 'X is "yes"; allowed: true or false'],
])("%s is refused, by name", (_, setting, value, error) => {
  expect(() => read(setting, value)).toThrow(new ConfigError(error));
});

test("every bad variable is named, one a line", () => {
  const settings = { sink: url("K_SINK"), wait: seconds("WAIT", "1s"), good: text("GOOD", "") };
  expect(() => readConfig({ WAIT: "long" }, settings)).toThrow(
    new ConfigError(
      'K_SINK is not set; allowed: an http:// or https:// URL without user and password\nWAIT is "long"; allowed: a duration such as 500ms, 30s, 5m or 1h30m',
    ),
  );
});
