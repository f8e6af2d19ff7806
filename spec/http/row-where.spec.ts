import { expect } from 'chai'
import * as fc from 'fast-check'
import {
  all,
  any,
  anyone,
  BulkActionMixin,
  both,
  type Call,
  createDataSource,
  either,
  eq,
  except,
  isNull,
  type ModelDataSource,
  ModelViewSet,
  ne,
  not,
  type Permission,
  type Predicate,
  role,
  rowRule,
  rowWhere,
  Serializer,
  signedIn,
} from 'plinth'
import { Resource, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { matches } from '../../src/model/matches.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Answer, type Served, serve } from './support/served.js'

interface Letter extends SoftDeletable {}
@Entity('letters_under_rules')
@SoftDelete()
class Letter {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 20 }) owner!: string
  @Column({ type: 'varchar', length: 20, nullable: true }) reader!: string | null
  @Column({ type: 'int', default: 0 }) size!: number
  @Column({ type: 'boolean', default: false }) open!: boolean
}

class LetterSerializer extends Serializer(Letter, { fields: ['id', 'owner', 'reader', 'size', 'open'] }) {}

type Owned = Pick<Letter, 'owner'>

const isOwner = rowWhere<Owned>('owner', ({ user }) => user && { owner: user.id })
const isOwnerLater = rowWhere<Owned>('owner', async ({ user }) => user && { owner: user.id })
const isOwnerByCode = rowRule<Owned>('owner', ({ user }, { owner }) => owner === user?.id)
const isReader = rowWhere<Pick<Letter, 'reader'>>('reader', ({ user }) => user && { reader: user.id })
const isUnread = rowWhere<Pick<Letter, 'reader'>>('unread', () => isNull('reader'))

/** Asked of rows in turn by specs that draw conditions. */
let drawn: Predicate = all()
const isDrawn = rowWhere<Letter>('drawn', () => drawn)
const isDrawnByCode = rowRule<Letter>('drawn', (_call, row) => matches(drawn, row as never))

const viewSetFor = (path: `/${string}`, rule: Permission<Letter>) => {
  @Resource(path)
  class Ruled extends BulkActionMixin(
    ModelViewSet(Letter, { serializer: LetterSerializer, permissions: { list: anyone, create: anyone, '*': rule } }),
    { actions: ['update', 'delete'], allow: rule },
  ) {}
  return Ruled
}

const viewSets = [
  viewSetFor('/owned', isOwner),
  viewSetFor('/owned-later', isOwnerLater),
  viewSetFor('/by-code', isOwnerByCode),
  viewSetFor('/either', either(role('admin'), either(isOwner, both(signedIn, isReader)))),
  viewSetFor('/not-owned', except(isOwner)),
  viewSetFor('/unread', both(isOwner, isUnread)),
  viewSetFor('/mixed', both(isOwner, isOwnerByCode)),
  viewSetFor('/drawn', isDrawn),
  viewSetFor('/drawn-by-code', isDrawnByCode),
]

describeOnEngines('Rules that are conditions', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const sent: string[] = []
  let next = 1

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Letter], synchronize: true })
    await dataSource.initialize()
    dataSource.onStatement(({ sql }) => sent.push(/^\s*(\w+)/.exec(sql)?.[1] ?? ''))
    served = await serve({ viewSets, dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const stored = async (values: Partial<Letter> = {}): Promise<number> => {
    const letter = { id: next++, owner: 'ada', reader: null, size: 0, open: false, ...values }
    await dataSource.getRepository(Letter).insert(letter)
    sent.length = 0
    return letter.id
  }
  const bulk = (action: string, body: object) => served.request('POST', `/owned/bulk/${action}`, { as: 'ada', body })
  const sizeOf = async (id: number) => (await dataSource.getRepository(Letter).findById(id))?.size

  /** MariaDB returns nothing of an UPDATE, so the row is read again, in one unit of work with it. */
  const changing = engine.name === 'mariadb' ? ['START', 'UPDATE', 'SELECT', 'COMMIT'] : ['UPDATE']
  /** How the statement begins that writes many rows. */
  const statement = engine.name === 'postgres' ? 'WITH' : 'UPDATE'

  it('let the row be read, changed and deleted by one statement each', async () => {
    for (const path of ['/owned', '/owned-later', '/either', '/unread']) {
      const id = await stored()
      const read = await served.request('GET', `${path}/${id}`, { as: 'ada' })
      expect([read.status, read.body['owner']], read.text).to.deep.equal([200, 'ada'])
      expect(sent.splice(0)).to.deep.equal(['SELECT'])
      const changed = await served.request('PATCH', `${path}/${id}`, { as: 'ada', body: { size: 3 } })
      expect([changed.status, changed.body['size']], changed.text).to.deep.equal([200, 3])
      expect(sent.splice(0)).to.deep.equal(changing)
      expect((await served.request('DELETE', `${path}/${id}`, { as: 'ada' })).status).to.equal(204)
      expect(sent.splice(0)).to.deep.equal(['UPDATE'])
      expect(await sizeOf(id)).to.equal(undefined)
    }
  })

  it('let rows be changed and deleted by one statement, all of them or none', async () => {
    const ids = [await stored(), await stored(), await stored()]
    const others = [...ids.slice(1), await stored({ owner: 'bob' })]
    expect((await bulk('update', { ids, values: { size: 4 } })).status).to.equal(200)
    if (engine.name !== 'mariadb') expect(sent).to.deep.equal([statement])
    const refused = await bulk('delete', { ids: others })
    expect([refused.status, refused.body['code']], refused.text).to.deep.equal([403, 'PERMISSION_DENIED'])
    expect(await Promise.all([...ids, others[2]!].map(sizeOf))).to.deep.equal([4, 4, 4, 0])
    sent.length = 0
    expect((await bulk('delete', { ids })).status).to.equal(200)
    if (engine.name !== 'mariadb') expect(sent).to.deep.equal([statement])
    expect(await Promise.all(ids.map(sizeOf))).to.deep.equal([undefined, undefined, undefined])
  })

  it('refuse as rules do that are code', async () => {
    const asked = async (path: string, as: string | undefined, row: Partial<Letter>) => {
      const id = await stored(row)
      const who = as === undefined ? {} : { as }
      const statuses = [await served.request('GET', `${path}/${id}`, who)]
      statuses.push(await served.request('PATCH', `${path}/${id}`, { ...who, body: { size: 9 } }))
      const size = await sizeOf(id)
      statuses.push(await served.request('DELETE', `${path}/${id}`, who))
      return [...statuses.map(({ status }) => status), size]
    }
    for (const path of ['/owned', '/owned-later', '/by-code', '/mixed']) {
      expect(await asked(path, 'ada', {}), path).to.deep.equal([200, 200, 204, 9])
      expect(await asked(path, 'bob', {}), path).to.deep.equal([403, 403, 403, 0])
      expect(await asked(path, undefined, {}), path).to.deep.equal([401, 401, 401, 0])
    }
    expect(await asked('/not-owned', 'bob', {})).to.deep.equal([200, 200, 204, 9])
    expect(await asked('/not-owned', 'ada', {})).to.deep.equal([403, 403, 403, 0])
    // Nobody owns nothing, so that whoever is not signed in is none of the owners.
    expect(await asked('/not-owned', undefined, {})).to.deep.equal([200, 200, 204, 9])
    expect(await asked('/either', 'bob', { reader: 'bob' })).to.deep.equal([200, 200, 204, 9])
    expect(await asked('/either', 'bob:admin', {})).to.deep.equal([200, 200, 204, 9])
    expect(await asked('/either', 'bob', {})).to.deep.equal([403, 403, 403, 0])
    expect(await asked('/unread', 'ada', { reader: 'bob' })).to.deep.equal([403, 403, 403, 0])
    expect((await served.request('PATCH', '/owned/999999', { as: 'ada', body: { size: 1 } })).status).to.equal(404)
  })

  it('are true of the row as it is when it is written, whoever gives it away meanwhile', async () => {
    for (let round = 0; round < 12; round++) {
      const id = await stored()
      const calls = Array.from({ length: 8 }, (_, client): Promise<Answer> => {
        const as = client % 2 === 0 ? 'ada' : 'bob'
        const body = client === 4 ? { owner: 'bob' } : { size: client + 1 }
        return served.request('PATCH', `/owned/${id}`, { as, body })
      })
      const answers = await Promise.all(calls)
      const given = answers[4]!
      expect(given.status, given.text).to.equal(200)
      for (const [client, { status, body }] of answers.entries()) {
        expect(status).to.be.oneOf([200, 403])
        // Whoever wrote was the owner, before and after.
        if (status === 200 && client !== 4) expect(body['owner']).to.equal(client % 2 === 0 ? 'ada' : 'bob')
      }
      expect((await served.request('PATCH', `/owned/${id}`, { as: 'ada', body: { size: 1 } })).status).to.equal(403)
    }
  })

  it('say what the same conditions say in code, whatever they and the rows are', async () => {
    const text = fc.constantFrom('ada', 'Ada', 'ADA ', 'bob', '')
    const leaf = fc.oneof(
      text.map((value) => eq('owner', value)),
      text.map((value) => ne('reader', value)),
      text.map((value) => eq('reader', value)),
      fc.constant(isNull('reader')),
      fc.integer({ min: 0, max: 2 }).map((value) => eq('size', value)),
      fc.boolean().map((value) => eq('open', value)),
    )
    const { tree } = fc.letrec<{ tree: Predicate }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.tuple(tie('tree'), tie('tree')).map((parts) => all(...parts)),
        fc.tuple(tie('tree'), tie('tree')).map((parts) => any(...parts)),
        tie('tree').map(not),
      ),
    }))
    const row = fc.record({
      owner: text,
      reader: fc.option(text),
      size: fc.integer({ min: 0, max: 2 }),
      open: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(tree, row, async (condition, values) => {
        drawn = condition
        const statuses = async (path: string) => {
          const id = await stored(values)
          const read = await served.request('GET', `${path}/${id}`)
          const deleted = await served.request('DELETE', `${path}/${id}`)
          return [read.status, deleted.status]
        }
        expect(await statuses('/drawn')).to.deep.equal(await statuses('/drawn-by-code'))
      }),
      { numRuns: 60 },
    )
  })
})

describe('A rule that is a condition', () => {
  const call = { user: { id: 'ada', roles: [] } } as unknown as Call
  const answerOf = (answer: unknown) => () => rowWhere<Owned>('owner', () => answer as never).allows(call)

  it('lets nobody in by mistake', () => {
    expect(answerOf(null)()).to.equal(false)
    expect(answerOf(false)()).to.equal(false)
    const mistakes = [
      [{ owner: undefined }, 'has no value for "owner"'],
      [{}, 'names no property, so that every row would do'],
      [undefined, 'answered neither values nor a condition'],
      [true, 'answered neither values nor a condition'],
      [{ op: 'related', relation: 'writer', where: all() }, 'asks about related rows'],
    ] as const
    for (const [answer, problem] of mistakes) expect(answerOf(answer)).to.throw(`The rule "owner" ${problem}`)
  })
})
