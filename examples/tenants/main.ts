import { deepStrictEqual as same } from 'node:assert'
import {
  AppException,
  anyone,
  hashString,
  ModelViewSet,
  runInContext,
  Serializer,
  silentLogger,
  withCapability,
} from 'plinth'
import { createApp } from 'plinth/container'
import { Resource } from 'plinth/decorators'
import { Members } from './members.js'
import { everyTenant, Member, Ticket, tenant } from './models.js'

class TicketSerializer extends Serializer(Ticket, { fields: ['id', 'number', 'title'], readOnly: ['id'] }) {}

@Resource('/tickets')
class TicketViewSet extends ModelViewSet(Ticket, { serializer: TicketSerializer, permissions: { '*': anyone } }) {}

const app = await createApp({
  entities: [Member, Ticket],
  viewSets: [TicketViewSet],
  dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
  authenticate: Members,
  logger: silentLogger,
})
const { url } = await app.listen(0)
const members = app.dataSource.getRepository(Member)
const tickets = app.dataSource.getRepository(Ticket)

/** A job for one tenant after another. */
async function renumber(): Promise<void> {
  const found = await withCapability(everyTenant, () => members.find())
  for (const tenantId of new Set(found.map((member) => member.tenantId))) {
    await tenant.run(tenantId, async () => {
      for (const [index, ticket] of (await tickets.find({ order: { number: 'ASC' } })).entries()) {
        await tickets.update(ticket.id, { number: index + 1 })
      }
    })
  }
}

const ask = async (token: string, method: string, path: string, body?: object): Promise<readonly unknown[]> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const told = (await response.json()) as { readonly code?: string; readonly pagination?: { totalItems: number } }
  return [response.status, told.code ?? told.pagination?.totalItems ?? told]
}
const codeOf = (work: () => Promise<unknown>): Promise<unknown> =>
  work().then(
    () => 'done',
    (error: unknown) => (error instanceof AppException ? error.errorCode : error),
  )

await tenant.run('acme', () => members.insert({ tokenHash: hashString('ada'), role: 'admin' }))
await tenant.run('bolt', () => members.insert({ tokenHash: hashString('bob'), role: 'admin' }))

// What is unique is so within a tenant.
same((await ask('ada', 'POST', '/tickets', { number: 7, title: 'Leak' }))[0], 201)
same((await ask('bob', 'POST', '/tickets', { number: 7, title: 'Draft' }))[0], 201)
same(await ask('ada', 'POST', '/tickets', { number: 7, title: 'Twin' }), [409, 'DUPLICATE'])
same(await ask('ada', 'GET', '/tickets'), [200, 1])

// Rows of others are not there.
const [draft] = await tenant.run('bolt', () => tickets.find())
same(await ask('ada', 'GET', `/tickets/${draft!.id}`), [404, 'NOT_FOUND'])
same(await ask('ada', 'PATCH', `/tickets/${draft!.id}`, { title: 'Mine' }), [404, 'NOT_FOUND'])
same(await ask('ada', 'PATCH', `/tickets/${draft!.id}`, { tenantId: 'acme' }), [400, 'VALIDATION_ERROR'])

// Nobody has no tenant.
same(await ask('eve', 'GET', '/tickets'), [403, 'CONTEXT_MISSING'])
same(await codeOf(() => tickets.find()), 'CONTEXT_MISSING')
same(
  await codeOf(() => tenant.run('acme', () => tickets.insert({ tenantId: 'bolt', number: 1, title: '' }))),
  'OUTSIDE_SCOPE',
)
same(await codeOf(() => withCapability(everyTenant, () => tickets.count())), 'done')

await renumber()
same(await tenant.run('bolt', () => tickets.find()).then((rows) => rows.map(({ number }) => number)), [1])

const seen = await runInContext(() => {
  tenant.set('acme')
  return tickets.count()
})
same([seen, tenant.get()], [1, undefined])

await app.close()
console.log('No tenant sees another.')
