import fc from "fast-check";
import { expect, test } from "vitest";
import { masked } from "./mask.ts";

const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
const base64 = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";

test.each<[sentence: string, text: string, shown: string]>([
  ["a password", "password=hunter2 user=ann", "password=*** user=ann"],
  ["a password in YAML", "password: hunter2", "password: ***"],
  [
    "a password in JSON, with spaces in it",
    '{"password":"correct horse","user":"ann"}',
    '{"password":***,"user":"ann"}',
  ],
  ["a variable's name that holds one", "DB_PASSWORD=hunter2", "DB_PASSWORD=***"],
  ["a name in camel case", "userToken: abc123", "userToken: ***"],
  ["an API key", "api_key=abc api-key: def", "api_key=*** api-key: ***"],
  ["a bearer token, to its end", "Authorization: Bearer abc.def-ghi123", "Authorization: *** ***"],
  ["a bearer token without its header", "sent Bearer abcdefgh12345 to it", "sent Bearer *** to it"],
  ["a token of another scheme", "Authorization: Token 9944b09199c62bcf", "Authorization: *** ***"],
  ["a short bearer token", "Authorization: Bearer abc", "Authorization: *** ***"],
  [
    "a password in JSON within JSON",
    '{"msg":"{\\"password\\":\\"hunter2\\",\\"a\\":1}"}',
    '{"msg":"{\\"password\\":***,\\"a\\":1}"}',
  ],
  ["a password in Ruby", '{:password=>"hunter2", :user=>"ann"}', '{:password=>***, :user=>"ann"}'],
  ["a password that is cut", 'password: "hunter2', "password: ***"],
  ["a password that is cut in an escape", 'password: "hunter2\\', "password: ***"],
  ["a password by a short name", "DB_PASS=hunter2", "DB_PASS=***"],
  ["a private key by name", "private_key=abc123", "private_key=***"],
  ["a password of a command", "run --db-password hunter2 --port 1", "run --db-password *** --port 1"],
  ["a GitHub token", "github_pat_11ABCDEFG0abcdef failed", "github_pat_*** failed"],
  ["basic authentication", "basic dXNlcjpwYXNzd29yZA==", "basic ***"],
  ["a password in a URL", "postgres://ann:hunter2@db:5432/shop", "postgres://ann:***@db:5432/shop"],
  ["a password in a URL without a user", "redis://:hunter2@cache:6379", "redis://:***@cache:6379"],
  ["a password that is no part of a URL", 'bad "postgres://ann:hun/t@r#2@db/shop"', 'bad "postgres://ann:***@db/shop"'],
  ["a JSON web token", `got ${jwt}!`, "got ***!"],
  ["an AWS key", "key AKIAIOSFODNN7EXAMPLE used", "key *** used"],
  ["a Slack token", "xoxb-123456789-abcdef failed", "xoxb-*** failed"],
  [
    "a Slack webhook",
    "POST https://hooks.slack.com/services/T000/B000/XXXX",
    "POST https://hooks.slack.com/services/***",
  ],
  ["a private key", `-----BEGIN RSA PRIVATE KEY-----\n${base64}\n-----END RSA PRIVATE KEY-----\nnext`, "***\nnext"],
  ["a private key that is cut", `-----BEGIN PRIVATE KEY-----\n${base64}`, "***"],
  ["a line of a key whose beginning is cut", `${base64}\nnext`, "***\nnext"],
])("%s is masked", (_, text, shown) => {
  expect(masked(text)).toBe(shown);
});

test.each([
  "connect ECONNREFUSED 127.0.0.1:5432",
  "GET /users/12?page=3 answered 500 in 12 ms",
  "token expired",
  'Back-off pulling image "web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
  "at handle (/app/node_modules/express/lib/router/layer.js:95:5)",
  "https://example.com:8443/path",
  "http://registry:4873/@scope/name",
  "3 pass: 2, fail: 1",
])("%s is shown as it is", (text) => {
  expect(masked(text)).toBe(text);
});

test("a secret with a name is never shown, whatever stands around it", () => {
  const around = fc.string({ unit: fc.constantFrom("a", " ", "\n", "[", "]", "1", ".") });
  fc.assert(
    fc.property(around, fc.constantFrom("PASSWORD=", "token: ", '"secret": "'), around, (before, name, after) => {
      expect(masked(`${before} ${name}s3cr3tvalue" ${after}`)).not.toContain("s3cr3tvalue");
    }),
  );
});
