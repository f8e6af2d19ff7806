import { expect } from 'chai'
import * as fc from 'fast-check'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, role, Serializer } from 'plinth'
import {
  Resource,
  SoftDeleteViewSetMixin,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Cursor, CursorCodec, cursorLimit } from '../../src/http/lists/cursor-codec.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import {
  countingViewSet,
  createGazetteer,
  State,
  StateSerializer,
  StateViewSet,
  Tongue,
  Town,
  WalkViewSet,
} from './support/gazetteer.js'
import { errorsIn, type Served, serve } from './support/served.js'

const key = (letter: string): string => letter.repeat(32)

for (const form of ['open', 'sealed'] as const) {
  describe(`Cursors that are ${form}`, () => {
    const codec = new CursorCodec([key('a')])
    const cursor: Cursor = {
      mark: 'm',
      backwards: false,
      at: { values: ['Zürich', 1.5, null, '2026-01-01 00:00:00.123456'] },
    }
    const written = codec.write(cursor, form)

    it('come back as they were written, and are the same text each time', () => {
      const values = fc.array(
        fc.oneof(fc.string({ maxLength: 20 }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
        { maxLength: 4 },
      )
      fc.assert(
        fc.property(fc.boolean(), values, (backwards, given) => {
          // JSON has no -0.
          const sane = given.map((value) => (value === 0 ? 0 : value))
          const one: Cursor = { mark: 'm', backwards, at: { values: sane } }
          const text = codec.write(one, form)
          expect(codec.read(text)).to.deep.equal(one)
          expect(codec.write(one, form)).to.equal(text)
        }),
      )
    })

    it('tell what they hold where they are open alone', () => {
      const text = Buffer.from(written.slice(23), 'base64url').toString()
      expect(text.includes('Zürich') && text.includes('2026')).to.equal(form === 'open')
      expect(text.includes('rich') || text.includes('2026')).to.equal(form === 'open')
    })

    it('cannot be changed in any bit, nor in any character', () => {
      for (let at = 0; at < written.length; at++) {
        for (const other of 'osABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnpqrtuvwxyz0123456789-_'.replace(
          written[at]!,
          '',
        )) {
          expect(codec.read(written.slice(0, at) + other + written.slice(at + 1))).to.equal(undefined)
        }
      }
    })

    it('are nothing that anybody makes up', () => {
      const start = form === 'open' ? 'o' : 's'
      const texts = fc.oneof(
        fc.string(),
        fc.base64String(),
        fc.uint8Array({ minLength: 18 }).map((bytes) => start + Buffer.from(bytes).toString('base64url')),
      )
      fc.assert(fc.property(texts, (text) => codec.read(text) === undefined))
      expect(codec.read('')).to.equal(undefined)
      expect(codec.read('A'.repeat(cursorLimit + 1))).to.equal(undefined)
      for (const spare of ['=', 'A', '\n']) expect(codec.read(written + spare)).to.equal(undefined)
    })

    it('are not taken for those of the other form', () => {
      const other = codec.write(cursor, form === 'open' ? 'sealed' : 'open')
      expect(other.slice(1, 23)).to.not.equal(written.slice(1, 23))
      expect(codec.read(written[0] + other.slice(1))).to.equal(undefined)
    })

    it('are known while their key is, and written with the first', () => {
      const old = new CursorCodec([key('b')]).write(cursor, form)
      const rotated = new CursorCodec([key('a'), key('b')])
      expect(rotated.read(old)).to.deep.equal(cursor)
      expect(rotated.write(cursor, form)).to.equal(written)
      expect(codec.read(old)).to.equal(undefined)
      expect(new CursorCodec().read(old)).to.equal(undefined)
    })
  })
}

@Resource('/kept-states')
class KeptStates extends SoftDeleteViewSetMixin(
  ModelViewSet(State, { serializer: StateSerializer, permissions: { '*': anyone }, pagination: { style: 'cursor' } }),
  { allow: { trash: anyone } },
) {}

/** Rows are compared as a whole where an engine can find one by an index so. */
const rowComparison = {
  sqlite: /\(\S*serial, \S*id\) < \(/,
  postgres: /\(\S*serial, \S*id\) < \(/,
  mariadb: /serial <= /,
} as const

const nullable = <T>(values: fc.Arbitrary<T>) => fc.oneof(fc.constant(null), values)

interface Walked {
  readonly id: number
}

describeOnEngines('Walks', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    ;({ dataSource, database } = await createGazetteer(engine))
    const others = [countingViewSet('/other', { style: 'cursor' }), countingViewSet('/others', { style: 'cursor' })]
    served = await serve({ viewSets: [WalkViewSet, StateViewSet, KeptStates, ...others], dataSource })
    await dataSource.getRepository(Tongue).count()
    await dataSource.getRepository(State).save(['b', 'B', 'a', 'ä', 'hidden'].map((name) => ({ name })))
    await dataSource.getRepository(State).delete(5)
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const towns = () => dataSource.getRepository(Town)
  const page = async (query: string) => {
    const { status, body, text } = await served.request('GET', `/walk?${query}`)
    expect(status, text).to.equal(200)
    return {
      ids: (body.data as unknown as readonly Walked[]).map(({ id }) => id),
      ...(body.pagination as unknown as Ends),
    }
  }
  interface Ends {
    readonly nextCursor: string | null
    readonly previousCursor: string | null
    readonly hasNext: boolean
    readonly hasPrevious: boolean
  }

  /** The one statement that reads the second page. */
  const sent = async (query: string) => {
    const { nextCursor } = await page(`pageSize=1&${query}`)
    const statements: string[] = []
    const stop = dataSource.onStatement(({ sql }) => statements.push(sql.replaceAll(/["`]/g, '')))
    await page(`pageSize=1&${query}&cursor=${nextCursor}`)
    stop()
    expect(statements).to.have.length(1)
    expect(statements[0])
      .to.match(/ LIMIT (2|\?|\$\d)/)
      .and.not.match(/OFFSET|COUNT/i)
    return statements[0]!
  }

  /** Every id of a list, page by page, and back again. */
  async function walk(query: string, between: () => Promise<unknown> = async () => {}): Promise<number[]> {
    const seen: number[] = []
    let current = await page(query)
    seen.push(...current.ids)
    while (current.nextCursor !== null) {
      await between()
      current = await page(`${query}&cursor=${current.nextCursor}`)
      seen.push(...current.ids)
    }
    expect(current.hasNext).to.equal(false)
    return seen
  }

  async function walkBack(query: string): Promise<number[]> {
    let current = await page(query)
    let last = current
    while (current.nextCursor !== null) {
      last = current
      current = await page(`${query}&cursor=${current.nextCursor}`)
    }
    const seen = [...current.ids]
    if (last === current) return seen
    while (current.previousCursor !== null) {
      current = await page(`${query}&cursor=${current.previousCursor}`)
      seen.unshift(...current.ids)
    }
    expect(current.hasPrevious).to.equal(false)
    return seen
  }

  const fill = async (rows: readonly object[]) => {
    await towns().createQueryBuilder().delete().execute()
    if (rows.length > 0)
      await towns().insert(rows.map((row, index) => ({ id: index + 1, name: 'x', password: 'p', ...row })) as never)
  }

  it('see every row once, in one order and back, whatever they are ordered by', async () => {
    const row = fc.record({
      name: fc.constantFrom('a', 'A', 'ä', 'a ', 'b', '🙂', ''),
      people: nullable(fc.constantFrom(0, 1, -5, 2_000_000_000)),
      budget: nullable(fc.constantFrom('0.01', '-1.00', '12345678901234567890.12', '12345678901234567890.13')),
      serial: fc.constantFrom('0', '-9007199254740991', '9007199254740991', '9007199254740990'),
      height: nullable(fc.constantFrom(0.1, 1 / 3, -2.5, 1e20)),
      founded: nullable(fc.constantFrom('1000-01-01', '2026-02-28')),
      size: fc.constantFrom('small', 'large', 'medium'),
      stateId: nullable(fc.constantFrom(1, 2, 3, 4, 5)),
    })
    const names = ['name', 'people', 'budget', 'serial', 'height', 'founded', 'size', 'state.name']
    const ordering = fc
      .uniqueArray(fc.tuple(fc.constantFrom(...names), fc.boolean()), {
        minLength: 1,
        maxLength: 3,
        selector: ([name]) => name,
      })
      .map((keys) => keys.map(([name, down]) => (down ? `-${name}` : name)).join(','))
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        ordering,
        fc.integer({ min: 1, max: 4 }),
        async (rows, order, size) => {
          await fill(rows)
          const query = `ordering=${order}&pageSize=${size}`
          const all = (await page(`ordering=${order}&pageSize=50`)).ids
          expect(all.toSorted((a, b) => a - b)).to.deep.equal(rows.map((_, index) => index + 1))
          expect(await walk(query)).to.deep.equal(all)
          expect(await walkBack(query)).to.deep.equal(all)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('tell instants apart that are microseconds apart', async () => {
    await fill(Array.from({ length: 9 }, () => ({})))
    for (let id = 1; id <= 9; id++) {
      const column = engine.name === 'postgres' ? '"seenAt"' : 'seenAt'
      await dataSource.query(`UPDATE gz_towns SET ${column} = '2026-01-01 00:00:00.00012${10 - id}' WHERE id = ${id}`)
    }
    expect(await walk('ordering=seenAt&pageSize=2')).to.deep.equal([9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(await walk('ordering=-seenAt&pageSize=2')).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(await walkBack('ordering=seenAt&pageSize=2')).to.deep.equal([9, 8, 7, 6, 5, 4, 3, 2, 1])
  })

  it('put what is null last, in both directions', async () => {
    await fill([{ people: null }, { people: 1 }, { people: null }, { people: 2 }])
    expect(await walk('ordering=people&pageSize=1')).to.deep.equal([2, 4, 1, 3])
    expect(await walk('ordering=-people&pageSize=1')).to.deep.equal([4, 2, 3, 1])
  })

  it('see what stays once, while others write', async () => {
    await fill(Array.from({ length: 40 }, (_, index) => ({ people: index % 7, stateId: (index % 4) + 1 })))
    const stays = new Set(Array.from({ length: 40 }, (_, index) => index + 1).filter((id) => id % 3 !== 0))
    let next = 100
    const write = async () => {
      await Promise.all([
        towns().insert({ id: next++, name: 'new', people: next % 7, password: 'p' }),
        towns().insert({ id: next++, name: 'new', people: null, password: 'p' }),
        towns().delete(((next * 3) % 39) + 3 - (((next * 3) % 39) % 3)),
        towns().update(3 + 3 * (next % 12), { people: next % 7 }),
      ])
    }
    const seen = await walk('pageSize=3', write)
    expect(seen.filter((id) => stays.has(id)).toSorted((a, b) => a - b)).to.deep.equal([...stays])
    expect(new Set(seen.filter((id) => stays.has(id))).size).to.equal(stays.size)
  })

  it('go on where the row they stand at is gone', async () => {
    await fill([{ people: 3 }, { people: 2 }, { people: 1 }])
    const { nextCursor } = await page('pageSize=1')
    await towns().delete(1)
    expect((await page(`pageSize=5&cursor=${nextCursor}`)).ids).to.deep.equal([2, 3])
  })

  it('hold keys that are too long for a cursor by the row itself', async () => {
    await fill([{ name: '🙂'.repeat(80) }, { name: '🙂'.repeat(79) }])
    const query = 'ordering=name,state.name&pageSize=1'
    const { nextCursor } = await page(query)
    expect(nextCursor!.length).to.be.at.most(cursorLimit)
    expect(await walk(query)).to.have.length(2)
  })

  it('are refused with other filters, another order, and cursors of others', async () => {
    await fill([{ people: 3 }, { people: 2 }, { people: 1 }])
    const { nextCursor } = await page('pageSize=1')
    const refused = async (query: string) => errorsIn(await served.request('GET', `/walk?${query}`))
    expect(await refused(`cursor=${nextCursor}&people__lt=9`)).to.deep.equal(['cursor cursor_mismatch'])
    expect(await refused(`cursor=${nextCursor}&ordering=name`)).to.deep.equal(['cursor cursor_mismatch'])
    expect(await refused(`cursor=${nextCursor}&page=1`)).to.deep.equal(['page unknown_parameter'])
    expect(await refused('cursor=')).to.deep.equal(['cursor invalid_cursor'])
    expect(await refused(`cursor=${nextCursor}A`)).to.deep.equal(['cursor invalid_cursor'])
    const { body } = await served.request('GET', `/walk?cursor=x`)
    expect({ ...body, requestId: '' }).to.deep.equal({
      type: 'urn:problem:validation_error',
      title: 'Validation error',
      status: 400,
      code: 'VALIDATION_ERROR',
      detail: 'A query parameter is invalid.',
      instance: '/walk',
      requestId: '',
      errors: [
        {
          parameter: 'cursor',
          code: 'invalid_cursor',
          message: 'is no cursor of this list; read it from the first page again',
        },
      ],
    })
  })

  it('are refused with a cursor of another list, though it is ordered and filtered alike', async () => {
    await fill([{ people: 3 }, { people: 2 }, { people: 1 }])
    const { body } = await served.request('GET', '/other?pageSize=1')
    const { nextCursor } = body.pagination as unknown as Ends
    expect((await served.request('GET', `/other?pageSize=1&cursor=${nextCursor}`)).body.data).to.have.length(1)
    expect((await served.request('GET', `/other/?pageSize=1&cursor=${nextCursor}`)).body.data).to.have.length(1)
    const ofStates = (await served.request('GET', '/kept-states?pageSize=1')).body.pagination as unknown as Ends
    for (const path of [`/others?cursor=${nextCursor}`, `/kept-states/trash?cursor=${ofStates.nextCursor}`]) {
      const refused = await served.request('GET', path)
      expect([refused.status, errorsIn(refused)], path).to.deep.equal([400, ['cursor cursor_mismatch']])
    }
  })

  it('find their place by the keys, and by no number of rows', async () => {
    await fill([{ people: 3 }, { people: 2 }, { people: 1 }])
    const even = await sent('ordering=-serial')
    expect(even).to.match(rowComparison[engine.name])
    // Where directions differ, or nulls may stand last, the first key bounds what an index is read of.
    expect(await sent('ordering=-name,serial')).to.match(/\(\S*name\S* <= [^()]+ AND \(/)
    expect(await sent('ordering=people')).to.match(/people\S* >= .* OR \S*people\S* IS NULL\) AND \(/)
  })

  it('have links that keep every other parameter', async () => {
    await fill([{ people: 3 }, { people: 2 }, { people: 1 }])
    const first = await page('pageSize=1&people__gt=0')
    const { headers, body } = await served.request('GET', `/walk?people__gt=0&cursor=${first.nextCursor}&pageSize=1`)
    const { nextCursor, previousCursor } = body.pagination as unknown as Ends
    expect(headers.get('link')).to.equal(
      [
        '</walk?people__gt=0&pageSize=1>; rel="first"',
        `</walk?people__gt=0&cursor=${previousCursor}&pageSize=1>; rel="prev"`,
        `</walk?people__gt=0&cursor=${nextCursor}&pageSize=1>; rel="next"`,
      ].join(', '),
    )
  })
})

/** Shown as other texts than those that are stored. */
const backwards = (value: string): string => value.split('').toReversed().join('')
/** What a cursor says to whoever has no key. */
const toldBy = (cursor: string): string => Buffer.from(cursor.slice(23), 'base64url').toString()

@Entity('cursor_badges')
class Badge {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 20 }) name!: string
  @Column({ length: 20 }) owner!: string
}

@Entity('cursor_tickets')
class Ticket {
  @PrimaryColumn({ length: 20, transformer: { to: backwards, from: backwards } }) code!: string
}

interface Note extends UuidIdentified, Timestamped {}
@Entity('cursor_notes')
@UuidPk()
@Timestamps()
class Note {}

const fields = ['id', 'name', 'owner'] as const
const ofBadges = { permissions: { '*': anyone }, pagination: { style: 'cursor', size: 1 } } as const

@Resource('/open')
class OpenBadges extends ModelViewSet(Badge, {
  ...ofBadges,
  serializer: class extends Serializer(Badge, { fields }) {},
  ordering: ['name'],
}) {}

@Resource('/coded')
class Tickets extends ModelViewSet(Ticket, {
  ...ofBadges,
  serializer: class extends Serializer(Ticket, { fields: ['code'] }) {},
}) {}

@Resource('/notes')
class Notes extends ModelViewSet(Note, {
  ...ofBadges,
  serializer: class extends Serializer(Note, { fields: ['id', 'createdAt'] }) {},
  defaultOrdering: ['-createdAt'],
}) {}

@Resource('/ruled')
class RuledBadges extends ModelViewSet(Badge, {
  ...ofBadges,
  serializer: class extends Serializer(Badge, { fields, rules: { owner: { read: role('admin') } } }) {},
  defaultOrdering: ['owner'],
}) {}

@Resource('/shortened')
class ShortenedBadges extends ModelViewSet(Badge, {
  ...ofBadges,
  serializer: class extends Serializer(Badge, { fields, actions: { list: ['id'] } }) {},
  defaultOrdering: ['owner'],
}) {}

@Resource('/sealed')
class SealedBadges extends ModelViewSet(Badge, {
  ...ofBadges,
  pagination: { style: 'cursor', size: 1, sealed: true },
  serializer: class extends Serializer(Badge, { fields }) {},
  defaultOrdering: ['owner'],
}) {}

@Resource('/unshown')
class UnshownBadges extends ModelViewSet(Badge, {
  ...ofBadges,
  serializer: class extends Serializer(Badge, { fields: ['id', 'name'] }) {},
  defaultOrdering: ['owner'],
}) {}

describeOnEngines('Cursors of rows', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Badge, Ticket, Note], synchronize: true })
    await dataSource.initialize()
    const rows = ['b', 'a'].map((name, id) => ({ id, name, owner: `owner-${name}` }))
    await dataSource.getRepository(Badge).save(rows)
    await dataSource.getRepository(Ticket).save([{ code: 'derots' }, { code: 'a-derots' }])
    const viewSets = [OpenBadges, RuledBadges, ShortenedBadges, UnshownBadges, SealedBadges, Tickets, Notes]
    served = await serve({ viewSets, dataSource })
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const first = async (path: string) => {
    const { body } = await served.request('GET', path)
    return body as unknown as { readonly data: readonly object[]; readonly pagination: { readonly nextCursor: string } }
  }

  it('can be read where everybody reads what they hold', async () => {
    const { nextCursor } = (await first('/open?ordering=name')).pagination
    expect(JSON.parse(toldBy(nextCursor)).slice(3)).to.deep.equal([0, 'a', '1'])
  })

  for (const path of ['/coded', '/ruled', '/shortened', '/unshown', '/sealed']) {
    it(`hide what not everybody reads as it is stored, or is to read in an address: ${path}`, async () => {
      const { nextCursor } = (await first(path)).pagination
      expect(toldBy(nextCursor)).to.not.match(/owner|stored|derots/)
      const address = `${path}?cursor=${nextCursor}`
      expect((await first(address)).data).to.have.length(1)
      expect((await first(address)).pagination.nextCursor).to.equal(null)
    })
  }

  it('select what they hold once, where the rows show it as the engine has it', async () => {
    const statements: string[] = []
    const stop = dataSource.onStatement(({ sql }) => statements.push(sql))
    await first('/notes')
    stop()
    expect(statements).to.have.length(1)
    expect(/list_key/.test(statements[0]!)).to.equal(engine.name === 'mariadb')
  })
})
