import 'reflect-metadata'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import libsql from 'libsql'
import { silentLogger } from 'plinth'
import { Container } from 'plinth/container'
import type { Database } from '../../support/engines.js'
import { applicationOf } from '../../support/http.js'
import { during, OrderViewSet, ordersOver } from './orders.js'

// Serves orders until it is killed, which a request may ask for: before its unit of work commits, right after, or so many
// turns of the event loop after its row was written, whatever is going on then.
const options = JSON.parse(process.env['ORDERS_DATABASE'] ?? '{}') as Database['options']
const dataSource = ordersOver(options.type === 'better-sqlite3' ? { ...options, driver: libsql } : options)
await dataSource.initialize()

const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
}
function dieAfter(turns: number): void {
  setImmediate(() => (turns > 0 ? dieAfter(turns - 1) : void die()))
}
during.create = async (call) => {
  const when = call.header('x-die')
  if (when === 'before') await die()
  if (when === 'after') dataSource.afterCommit(die)
  if (when?.startsWith('turns ')) dieAfter(Number(when.slice(6)))
}

const application = applicationOf({
  viewSets: [OrderViewSet],
  dataSource,
  instances: new Container({ context: { dataSource, logger: silentLogger } }),
  authenticate: () => ({ id: 'ada', roles: [] }),
})
const server = createServer(application.handler).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
