import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { silentLogger } from 'plinth'
import { createApp } from 'plinth/container'
import type { EntitySubscriberInterface } from 'typeorm'
import { ArticleViewSet, entities, StoryViewSet } from './articles.js'
import { type BareOptions, bareServer } from './bare.js'

/** Sees every row, so that all of them are loaded as entities. */
class Seeing implements EntitySubscriberInterface {
  afterLoad(): void {}
}

async function plinthServer(options: object, subscribers: readonly (new () => object)[]): Promise<RequestListener> {
  const app = await createApp({
    entities,
    viewSets: [ArticleViewSet, StoryViewSet],
    dataSource: { ...options, subscribers: [...subscribers] } as never,
    logger: silentLogger,
  })
  const expected = subscribers.length > 0 ? 'entities' : 'text'
  for (const { action, reads } of app.routes) {
    if (reads && reads.by !== expected) throw new Error(`${action} reads ${reads.by}, not ${expected}.`)
  }
  return app.handler
}

const [name, text = '{}'] = process.argv.slice(2)
const options = JSON.parse(text) as object
const handler =
  name === 'bare'
    ? await bareServer(options as BareOptions)
    : await plinthServer(options, name === 'entities' ? [Seeing] : [])
const server = createServer(handler)
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send!(user + system)
})
// Asked to end, the process ends in order, so that a profile of it is written.
process.on('SIGTERM', () => process.exit(0))
