import type { RequestListener } from 'node:http'
import express from 'express'
import { anyone, Express5Driver, type HttpDriver, NodeDriver, Reply, silentLogger, ViewSet } from 'plinth'
import { createApp } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import type { Comparison } from './compare.js'
import { layeredApplication } from './layered.js'
import { compareServers, type Servers, serveChosen } from './served.js'

const answer = { id: '7', title: 'the same everywhere' }

@Resource('/things')
class ThingViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: 'one', allow: anyone })
  one(): Reply {
    return Reply.json(answer)
  }
}

async function application(driver: HttpDriver): Promise<RequestListener> {
  const dataSource = { type: 'sqlite', database: ':memory:' } as const
  const app = await createApp({ viewSets: [ThingViewSet], dataSource, driver, logger: silentLogger })
  return app.handler
}

const json = { 'content-type': 'application/json; charset=utf-8' }

const servers: Servers = {
  'bare node:http': async () => (_request, response) => {
    response.writeHead(200, json)
    response.end(JSON.stringify(answer))
  },
  'plinth, NodeDriver': () => application(new NodeDriver()),
  'plinth, NodeDriver, all layers': layeredApplication,
  'plain Express 5': async () => express().get('/things/one', (_request, response) => void response.json(answer)),
  'plinth, Express5Driver': () => application(new Express5Driver()),
}

/** One request over a kept connection. Each server is a process of its own; what it spends is measured there. */
export function servingComparison(): Promise<Comparison> {
  const paths = Object.fromEntries(Object.keys(servers).map((name) => [name, '/things/one']))
  return compareServers(
    'Answer a request with a small JSON document (processor time of the server)',
    import.meta.url,
    paths,
  )
}

await serveChosen(import.meta.url, servers)
