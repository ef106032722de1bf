"use strict";
// Knative's own runtime for functions in Node.js, with a handler that answers 204 to everything.
const { start } = require("faas-js-runtime");

start(() => ({ statusCode: 204 }), { port: Number(process.env.PORT), logLevel: "error" });
