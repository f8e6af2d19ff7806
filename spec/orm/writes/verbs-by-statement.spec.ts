import { expect } from 'chai'
import { AppException, type ModelDataSource, ModelService, silentLogger } from 'plinth'
import { Draft, openDrafts } from '../../support/drafts.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

class DraftService extends ModelService(Draft) {}

/** What a call ends with: its receipt without its id, or the code of its error. */
const ended = (call: Promise<{ readonly affected: number; readonly byEntity: object }>): Promise<unknown> =>
  call.then(
    ({ affected, byEntity }) => ({ affected, byEntity }),
    (error: unknown) => (error instanceof AppException ? error.errorCode : error),
  )

describeOnEngines('Verbs that write a row by one statement', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let service: DraftService
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    dataSource = await openDrafts(database)
    dataSource.onStatement(({ sql }) => sent.push(sql.split(' ')[0]!))
    service = new DraftService({ dataSource, logger: silentLogger })
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const drafts = () => dataSource.getRepository(Draft)
  const made = async (values: Partial<Draft> = {}): Promise<number> => {
    const { id } = (await service.create({ title: 'On verbs', ...values })).unwrap()
    sent.length = 0
    return id
  }
  const stored = async (id: number) => {
    const row = await drafts().unscoped().findById(id)
    return row && { state: row.state, edition: row.edition, isDeleted: row.isDeleted, metadata: row.metadata }
  }
  const fresh = { state: 'draft', edition: 0, isDeleted: false, metadata: {} }
  const one = { affected: 1, byEntity: { Draft: 1 } }

  it('is what a repository sends, and all it sends', async () => {
    const id = await made()
    expect(await ended(drafts().publish(id, { edition: 3 }))).to.deep.equal(one)
    expect(await ended(drafts().touch(id))).to.deep.equal(one)
    expect(sent).to.deep.equal(['UPDATE', 'UPDATE'])
    expect(await stored(id)).to.deep.equal({ ...fresh, state: 'published', edition: 3 })
    await drafts().delete(id)
    sent.length = 0
    expect(await ended(drafts().restore(id))).to.deep.equal(one)
    expect(sent).to.deep.equal(['UPDATE'])
    expect(await stored(id)).to.deep.equal({ ...fresh, state: 'published', edition: 3 })
  })

  it('is what a service sends outside of a unit of work', async () => {
    const id = await made()
    expect((await service.publish(id, { edition: 1 })).unwrap()).to.include({ affected: 1 })
    expect(sent).to.deep.equal(['UPDATE'])
    expect(await stored(id)).to.deep.equal({ ...fresh, state: 'published', edition: 1 })
    expect(await service.publish(id, { edition: 1 })).to.include({ success: false, errorCode: 'NOT_A_DRAFT' })
  })

  it('removes a row, also one that is hidden', async () => {
    const [shown, hidden] = [await made(), await made()]
    await drafts().delete(hidden)
    sent.length = 0
    for (const id of [shown, hidden]) expect(await ended(drafts().shred(id))).to.deep.equal(one)
    expect(sent).to.deep.equal(['DELETE', 'DELETE'])
    expect([await stored(shown), await stored(hidden)]).to.deep.equal([null, null])
  })

  it('ends as in a unit of work where the row is not as required, hidden, or not there', async () => {
    const [published, deleted] = [await made({ state: 'published' }), await made()]
    await drafts().delete(deleted)
    const calls: readonly (() => Promise<unknown>)[] = [
      () => ended(drafts().publish(published, { edition: 1 })),
      () => ended(drafts().shred(published)),
      () => ended(drafts().restore(published)),
      () => ended(drafts().publish(deleted, { edition: 1 })),
      () => ended(drafts().touch(deleted)),
      () => ended(drafts().publish(987_654_321, { edition: 1 })),
      () => ended(drafts().publish([published, deleted], { edition: 1 })),
      () => ended(drafts().publish(published, { edition: 1.5 })),
    ]
    const codes = ['NOT_A_DRAFT', 'PUBLISHED', 'NOT_DELETED', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']
    for (const [index, call] of calls.entries()) {
      const code = codes[index] ?? 'VALIDATION_ERROR'
      expect(await call(), `call ${index}`).to.equal(code)
      expect(await dataSource.atomic(call), `call ${index} in a unit of work`).to.equal(code)
    }
    expect(await stored(published)).to.deep.equal({ ...fresh, state: 'published' })
    expect(await stored(deleted)).to.deep.equal({ ...fresh, isDeleted: true })
  })

  it('merges into a document what others merge at the same time', async () => {
    const id = await made()
    const keys = Array.from({ length: 8 }, (_, index) => `key${index}`)
    await Promise.all(keys.map((key) => drafts().mergeMetadata(id, { patch: { [key]: true } })))
    expect((await stored(id))?.metadata).to.deep.equal(Object.fromEntries(keys.map((key) => [key, true])))
  })

  it('lets exactly one of several clients leave a state', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await made()
      const calls = Array.from({ length: 8 }, (_, index) => ended(drafts().publish(id, { edition: index + 1 })))
      const ends = await Promise.all(calls)
      const winners = ends.flatMap((end, index) => (end === 'NOT_A_DRAFT' ? [] : [{ end, edition: index + 1 }]))
      expect(winners.map(({ end }) => end)).to.deep.equal([one])
      expect(await stored(id)).to.deep.equal({ ...fresh, state: 'published', edition: winners[0]!.edition })
    }
  })

  it('brings a row back once, while others delete it and bring it back', async () => {
    const id = await made()
    await drafts().delete(id)
    const ends = await Promise.all(Array.from({ length: 8 }, () => ended(drafts().restore(id))))
    expect(ends.filter((end) => end !== 'NOT_DELETED')).to.deep.equal([one])
    expect(await stored(id)).to.deep.equal(fresh)
  })

  it('is heard once it is committed', async () => {
    const id = await made()
    const heard: unknown[] = []
    const deaf = dataSource.events.onCommitted(({ kind, ids }) => void heard.push({ kind, ids }))
    await drafts().publish(id, { edition: 1 })
    deaf()
    expect(heard).to.deep.equal([{ kind: 'publish', ids: [id] }])
  })
})
