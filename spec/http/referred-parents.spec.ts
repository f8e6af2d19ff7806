import { expect } from 'chai'
import {
  anyone,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  rowRule,
  Serializer,
  type ServiceResult,
  type ValuesFor,
} from 'plinth'
import {
  type HasVersion,
  Resource,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  TouchParent,
  Versioned,
} from 'plinth/decorators'
import { Column, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Answer, errorsIn, type Served, serve } from './support/served.js'

interface Board extends Timestamped, HasVersion, SoftDeletable {}
@Timestamps()
@Versioned()
@SoftDelete()
@Entity('referred_boards')
class Board {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'boolean', default: true }) open!: boolean
}

@TouchParent({ relation: 'board' })
@Entity('referred_cards')
class Card {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) text!: string
  @ManyToOne(() => Board, { nullable: false }) board!: Relation<Board>
  @ManyToMany(
    () => Topic,
    ({ cards }) => cards,
  )
  @JoinTable({ name: 'referred_card_topics' })
  topics!: Relation<Topic>[]
}

interface Topic extends Timestamped, HasVersion {}
/** Is made younger by whoever gives it to a card. */
@Timestamps({ touchOnRelations: ['cards'] })
@Versioned()
@Entity('referred_topics')
class Topic {
  @PrimaryGeneratedColumn() id!: number
  @ManyToMany(
    () => Card,
    ({ topics }) => topics,
  )
  cards!: Relation<Card>[]
}

/** Says nothing of its board to anybody. */
@Entity('referred_marks')
class Mark {
  @PrimaryGeneratedColumn() id!: number
  @ManyToOne(() => Board, { nullable: false }) board!: Relation<Board>
}

class BoardPart extends Serializer(Board, { fields: ['id'] }) {}
class TopicPart extends Serializer(Topic, { fields: ['id'] }) {}
const open = rowRule<Board>('open', (_, board) => board.open)

class CardSerializer extends Serializer(Card, {
  fields: ['id', 'text', 'board', 'topics'],
  nested: {
    board: { serializer: BoardPart, write: 'id', allow: { refer: open } },
    topics: { serializer: TopicPart, write: 'id' },
  },
}) {}

class MarkSerializer extends Serializer(Mark, {
  fields: ['id', 'board'],
  nested: { board: { serializer: BoardPart, write: 'id' } },
}) {}

/** Changes what its rows refer to, of which only its code knows. */
class MarkService extends ModelService(Mark) {
  override async create(values: ValuesFor<Mark>): Promise<ServiceResult<Mark>> {
    return this.atomic(async () => {
      const made = await super.create(values)
      await this.dataSource.getRepository(Board).touch([values.board!.id])
      return made
    })
  }
}

@Resource('/marks')
class Marks extends ModelViewSet(Mark, {
  serializer: MarkSerializer,
  service: MarkService,
  permissions: { '*': anyone },
}) {}

@Resource('/cards')
class Cards extends ModelViewSet(Card, { serializer: CardSerializer, permissions: { '*': anyone } }) {}

const statuses = (answers: readonly Answer[]) => answers.map(({ status, body }) => body['code'] ?? status)
const all = (count: number, status: number) => Array.from({ length: count }, () => status)

describeOnEngines('Rows that many refer to at once, and that are made younger by it', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    const entities = [Board, Card, Topic, Mark]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    served = await serve({ viewSets: [Cards, Marks], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const boards = () => dataSource.getRepository(Board)
  const board = async (): Promise<number> => (await boards().save({} as Board)).id
  const topic = async (): Promise<number> => (await dataSource.getRepository(Topic).save({} as Topic)).id
  const post = (body: object) => served.request('POST', '/cards', { body: { text: 'one', topics: [], ...body } })

  it('let all of them make their rows', async () => {
    const id = await board()
    const answers = await Promise.all(Array.from({ length: 12 }, () => post({ board: id })))
    expect(statuses(answers)).to.deep.equal(all(12, 201))
    expect((await boards().findById(id))?.version).to.equal(13)
  })

  it('let all of them make their rows where a service changes the row they refer to', async () => {
    const id = await board()
    const asked = Array.from({ length: 12 }, () => served.request('POST', '/marks', { body: { board: id } }))
    expect(statuses(await Promise.all(asked))).to.deep.equal(all(12, 201))
    expect((await boards().findById(id))?.version).to.equal(13)
  })

  it('let all of them move their rows to and fro', async () => {
    const ids = [await board(), await board()]
    const made = await Promise.all(Array.from({ length: 10 }, (_, n) => post({ board: ids[n % 2] })))
    const move = ({ body }: Answer, n: number) =>
      served.request('PATCH', `/cards/${body.id}`, { body: { board: ids[(n + 1) % 2] } })
    expect(statuses(await Promise.all(made.map(move)))).to.deep.equal(all(10, 200))
    expect((await boards().findById(ids[0]!))?.version).to.equal(16)
    expect((await boards().findById(ids[1]!))?.version).to.equal(16)
  })

  it('let all of them link their rows', async () => {
    const [id, topics] = [await board(), [await topic(), await topic()]]
    const bodies = Array.from({ length: 10 }, (_, n) => ({
      board: id,
      topics: n % 2 === 0 ? topics : topics.toReversed(),
    }))
    expect(statuses(await Promise.all(bodies.map(post)))).to.deep.equal(all(10, 201))
    const found = await dataSource.getRepository(Topic).find({ order: { id: 'ASC' } })
    expect(found.map(({ version }) => version)).to.deep.equal([11, 11])
  })

  it('are refused where they are not there, or may not be referred to, and stay as they are', async () => {
    const id = await board()
    await boards().update(id, { open: false })
    expect((await post({ board: id })).status).to.equal(401)
    const missing = await post({ board: id + 1000 })
    expect([missing.status, errorsIn(missing)]).to.deep.equal([400, ['#/board not_found']])
    expect((await boards().findById(id))?.version).to.equal(2)
  })

  it('never get a row once they are closed or deleted', async () => {
    for (const end of [(id: number) => boards().update(id, { open: false }), (id: number) => boards().delete(id)]) {
      const id = await board()
      const asked = Array.from({ length: 8 }, async (_, n) => {
        if (n !== 4) return post({ board: id })
        await end(id)
        return undefined
      })
      const answers = (await Promise.all(asked)).filter((answer) => answer !== undefined)
      expect(answers.map(({ status }) => status)).to.satisfy((found: readonly number[]) =>
        found.every((status) => [201, 400, 401].includes(status)),
      )
      // Whoever was let in came before, and made the board younger.
      const made = answers.filter(({ status }) => status === 201).length
      expect((await boards().unscoped().findById(id))?.version).to.equal(made + 2)
    }
  })
})
