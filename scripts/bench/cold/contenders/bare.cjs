"use strict";
// The least that Node.js can do: its own server, and 204 to everything.
const { createServer } = require("node:http");

createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(204).end());
}).listen(Number(process.env.PORT), process.env.HOST);
