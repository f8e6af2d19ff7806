import { parseArgs } from 'node:util'
import { serveAtlas } from './serve.js'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['PORT'] ?? '3000' },
    database: { type: 'string', default: 'atlas.sqlite' },
  },
})

const cursorKey = process.env['ATLAS_CURSOR_KEY']

const atlas = await serveAtlas({
  port: Number(values.port),
  database: values.database,
  ...(cursorKey !== undefined && { cursorKey }),
  print: (text) => process.stdout.write(text),
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // What cannot be closed is no reason to go on serving.
    atlas
      .close()
      .catch((error: unknown) => console.error(error))
      .finally(() => process.exit())
  })
}
