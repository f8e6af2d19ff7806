const { availableParallelism } = require('node:os')

// Each file of specs has databases, ports and globals of its own, and waits for servers half of its time.
module.exports = {
  require: ['reflect-metadata'],
  spec: ['dist/spec/**/*.spec.js'],
  'node-option': ['enable-source-maps'],
  parallel: true,
  jobs: Math.min(4, Math.max(2, availableParallelism() - 1)),
  timeout: 60000,
  slow: 300,
}
