import { expect } from 'chai'
import * as fc from 'fast-check'
import { BeforeUpdate, Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type HasRank,
  Ranked,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
} from '../../decorators/index.js'
import { AppException, createDataSource, type ModelDataSource } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@SoftDelete()
@Timestamps()
@Ranked({ within: ['list'] })
class Foreseen {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20, nullable: true })
  list!: string | null
}
interface Foreseen extends SoftDeletable, Timestamped, HasRank {}

/** The same, but TypeORM tells a listener of updates: every move is made of rows that are read under the lock. */
@Entity()
@SoftDelete()
@Timestamps()
@Ranked({ within: ['list'] })
class Looked {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20, nullable: true })
  list!: string | null

  @BeforeUpdate()
  hear(): void {}
}
interface Looked extends SoftDeletable, Timestamped, HasRank {}

type Name = 'moveToTop' | 'moveToBottom' | 'moveUp' | 'moveDown' | 'moveTo' | 'moveBefore' | 'moveAfter'

interface Move {
  readonly name: Name
  readonly id: number
  readonly input: Readonly<Record<string, unknown>>
}

type Moves = Readonly<Record<Name, (id: number, input: object) => Promise<{ affected: number; answer: unknown }>>>

const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

const id = fc.constantFrom(...ids, 99)
const named = fc.oneof(id, fc.constantFrom('2', '2x', '', 2 ** 40))
const expected = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  fc.record({ expectedVersion: fc.integer({ min: 0, max: 12 }) }),
)
const input = {
  moveToTop: fc.constant({}),
  moveToBottom: fc.constant({}),
  moveUp: fc.record({ by: fc.integer({ min: -1, max: 6 }) }),
  moveDown: fc.record({ by: fc.integer({ min: -1, max: 6 }) }),
  moveTo: fc.record({ position: fc.integer({ min: -8, max: 8 }) }),
  moveBefore: fc.record({ id: named }),
  moveAfter: fc.record({ id: named }),
}
const move: fc.Arbitrary<Move> = fc.oneof(
  ...Object.entries(input).map(([name, arbitrary]) =>
    fc.record({
      name: fc.constant(name as Name),
      id,
      input: fc.tuple(arbitrary, expected).map(([own, more]) => ({ ...own, ...more })),
    }),
  ),
)

/** What one waits for, until another gives it. */
class Signal {
  give!: () => void
  readonly given = new Promise<void>((resolve) => {
    this.give = resolve
  })
}

/** What a move does to a list, by the rules of the documentation. */
function moved(order: readonly number[], { name, id, input }: Move): readonly number[] {
  const others = order.filter((other) => other !== id)
  const at = order.indexOf(id)
  const { by = 1, position = 0, id: beside } = input as { by?: number; position?: number; id?: number }
  const places: Readonly<Record<Name, number>> = {
    moveToTop: 0,
    moveToBottom: others.length,
    moveUp: at - by,
    moveDown: at + by,
    moveTo: position < 0 ? others.length + 1 + position : position - 1,
    moveBefore: others.indexOf(beside!),
    moveAfter: others.indexOf(beside!) + 1,
  }
  const place = Math.min(Math.max(0, places[name]), others.length)
  return [...others.slice(0, place), id, ...others.slice(place)]
}

describeOnEngines('A move that is foreseen', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Foreseen, Looked] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    for (const table of ['foreseen', 'looked', 'plinth_counters']) await dataSource.query(`DELETE FROM ${table}`)
  })

  const fill = async (listOf: (id: number) => string | null) => {
    for (const entity of [Foreseen, Looked]) {
      const rows = dataSource.getRepository(entity)
      await rows.insert(ids.map((id) => ({ id, list: listOf(id) })))
      await rows.delete(10)
    }
  }

  const stored = async (entity: typeof Foreseen | typeof Looked) => {
    const rows = await dataSource.getRepository<Foreseen | Looked>(entity).find({ order: { id: 'ASC' } })
    return rows.map(({ id, list, rank, predecessor }) => ({ id, list, rank, predecessor }))
  }

  const tried = async (entity: typeof Foreseen | typeof Looked, { name, id, input }: Move) => {
    const moves = dataSource.getRepository<Foreseen | Looked>(entity) as unknown as Moves
    try {
      const { affected, answer } = await moves[name](id, input)
      return { affected, answer }
    } catch (error) {
      if (!(error instanceof AppException)) throw error
      return { code: error.errorCode, details: error.details }
    }
  }

  it('does what one does that reads its rows under the lock, and is refused alike', async function () {
    this.timeout(120_000)
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 12 }), async (moves) => {
        for (const table of ['foreseen', 'looked', 'plinth_counters']) await dataSource.query(`DELETE FROM ${table}`)
        await fill((id) => (id <= 5 ? 'A' : id === 6 ? 'B' : id < 9 ? null : 'other'))
        for (const one of moves) expect(await tried(Foreseen, one)).to.deep.equal(await tried(Looked, one))
        expect(await stored(Foreseen)).to.deep.equal(await stored(Looked))
      }),
      { numRuns: 25 },
    )
  })

  it('stamps the row, and is told to those who hear of committed writes', async () => {
    await fill(() => 'x')
    const rows = dataSource.getRepository(Foreseen)
    const before = await rows.findById(3)
    const told: unknown[] = []
    const stop = dataSource.events.onCommitted(({ kind, entity, ids }) => void told.push([kind, entity, ids]))
    await rows.moveToTop(3)
    stop()
    const after = await rows.findById(3)
    expect(told).to.deep.equal([['moveToTop', Foreseen, [3]]])
    expect(after!.updatedAt.getTime()).to.be.greaterThan(before!.updatedAt.getTime() - 1)
    expect(after!.rank! < before!.rank!).to.equal(true)
  })

  it('is undone with the unit it is part of, lock and version too', async () => {
    await fill(() => 'x')
    const rows = dataSource.getRepository(Foreseen)
    const before = await stored(Foreseen)
    const failed = dataSource.atomic(async () => {
      await rows.moveToTop(3)
      await rows.moveToTop(4)
      throw new Error('no')
    })
    expect(await failed.catch(({ message }: Error) => message)).to.equal('no')
    expect(await stored(Foreseen)).to.deep.equal(before)
    const first = await rows.moveToTop(3)
    const second = await rows.moveToTop(4)
    expect([first, second].map(({ answer }) => answer.version! - first.answer.version!)).to.deep.equal([0, 1])
  })

  // Units take turns on SQLite, so nobody changes anything meanwhile.
  if (engine.name !== 'sqlite') {
    it('looks again under the lock where another unit has changed the list meanwhile', async () => {
      await fill(() => 'x')
      const rows = dataSource.getRepository(Foreseen)
      const sent: string[] = []
      const [isMoved, waiting] = [new Signal(), new Signal()]
      const first = dataSource.atomic(async () => {
        await rows.moveToTop(5)
        isMoved.give()
        await waiting.given
      })
      await isMoved.given
      const stop = dataSource.onStatement(({ sql }) => {
        if (/^(SELECT|UPDATE|INSERT)/.test(sql)) sent.push(sql.slice(0, 6))
        if (sql.startsWith('INSERT')) waiting.give()
      })
      await rows.moveToTop(3)
      stop()
      await first
      expect(sent).to.deep.equal(['SELECT', 'INSERT', 'UPDATE', 'SELECT', 'UPDATE'])
      expect((await rows.find()).map(({ id }) => id).slice(0, 3)).to.deep.equal([3, 5, 1])
    })
  }

  it('happens in the order that the versions tell, however many move rows at once', async function () {
    this.timeout(120_000)
    await fill(() => 'x')
    const start = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    const names = ['moveToTop', 'moveToBottom', 'moveUp', 'moveDown', 'moveTo', 'moveBefore', 'moveAfter'] as const
    const done: { readonly version: number; readonly move: Move }[] = []
    const writer = async (writer: number) => {
      for (let turn = 0; turn < 12; turn += 1) {
        const id = 1 + ((writer * 5 + turn * 7) % 9)
        const beside = 1 + ((id + turn + writer) % 9)
        const name = names[(writer + turn) % names.length]!
        const input = { moveUp: { by: 2 }, moveDown: { by: 3 }, moveTo: { position: turn % 2 ? -2 : 4 } }
        const given = name === 'moveBefore' || name === 'moveAfter' ? { id: beside } : { ...input[name as 'moveUp'] }
        const result = await tried(Foreseen, { name, id, input: given })
        expect(result).to.not.have.property('code')
        if (result.affected === 1) {
          const { version } = result.answer as { readonly version: number }
          done.push({ version, move: { name, id, input: given } })
        }
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, index) => writer(index)))
    done.sort((a, b) => a.version - b.version)
    expect(done.map(({ version }) => version)).to.deep.equal(done.map((_, index) => done[0]!.version + index))
    const order = done.reduce<readonly number[]>((list, { move }) => moved(list, move), start)
    expect((await dataSource.getRepository(Foreseen).find()).map(({ id }) => id)).to.deep.equal(order)
  })
})
