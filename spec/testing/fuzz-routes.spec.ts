import { expect } from 'chai'
import {
  anyone,
  type Constructor,
  createDataSource,
  type ModelDataSource,
  ModelViewSet,
  type PlacedStep,
  Reply,
  type RowCall,
  rowRule,
  Serializer,
  silentLogger,
} from 'plinth'
import { Container } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { fuzzRoutes } from 'plinth/testing'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, engines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'

@Entity()
class Note {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) title!: string
}

class NoteSerializer extends Serializer(Note, { fields: ['id', 'title'] }) {}
const options = { serializer: NoteSerializer, permissions: { '*': anyone } } as const

@Resource('/notes')
class RightViewSet extends ModelViewSet(Note, options) {}

@Resource('/notes')
class FallingViewSet extends ModelViewSet(Note, { ...options, only: ['list'] }) {
  @Action({ method: 'post', on: 'row', allow: anyone, answers: 'nothing' })
  fall({ row }: RowCall<Note>): Reply {
    if (row.id > 0) throw new TypeError('not today')
    return Reply.empty()
  }
}

@Resource('/notes')
class LeavingViewSet extends ModelViewSet(Note, { ...options, only: ['list'] }) {
  @Action({ method: 'post', on: 'collection', allow: anyone, answers: 'nothing', problems: { NO: 409 } })
  async leave(): Promise<Reply> {
    await this.repository.save({ title: 'left behind' })
    return Reply.json({ type: 'about:blank', title: 'No', status: 409, code: 'NO', requestId: 'x' }, 409, {
      'content-type': 'application/problem+json',
    })
  }
}

/** Answers that it has written none of what it was sent. */
@Resource('/notes')
class PartlyViewSet extends ModelViewSet(Note, { ...options, only: ['list'] }) {
  @Action({ method: 'post', on: 'collection', allow: anyone, answers: 'nothing' })
  async parts(): Promise<Reply> {
    await this.repository.save({ title: 'of a part' })
    return Reply.json({ results: [], summary: { total: 1, succeeded: 0, failed: 1 } }, 207)
  }
}

@Resource('/notes')
class ReadingViewSet extends ModelViewSet(Note, { ...options, only: ['list'] }) {
  @Action({ method: 'get', on: 'collection', allow: anyone, answers: { type: 'integer' } })
  async look(): Promise<Reply> {
    await this.repository.save({ title: 'was looked at' })
    return Reply.json(1)
  }
}

@Resource('/notes')
class LyingViewSet extends ModelViewSet(Note, { ...options, only: ['list'] }) {
  #calls = 0
  @Action({ method: 'get', on: 'collection', allow: anyone, answers: { type: 'integer' } })
  count(): Reply {
    this.#calls++
    return Reply.json(this.#calls % 10 === 0 ? 'many' : this.#calls)
  }
}

const nobody = rowRule<Note>('nobody', () => false)

@Resource('/notes')
class ForbiddenViewSet extends ModelViewSet(Note, {
  ...options,
  only: ['list', 'retrieve'],
  permissions: { list: anyone, retrieve: nobody },
}) {}

const shortTitles = {
  type: 'object',
  properties: { title: { type: 'string', maxLength: 3 } },
  required: ['title'],
  additionalProperties: false,
}

/** Says that titles are short, and takes long ones. */
@Resource('/notes')
class TakingViewSet extends ModelViewSet(Note, { ...options, only: ['list', 'create'] }) {
  static override readonly steps: readonly PlacedStep[] = [
    {
      after: 'input',
      step: {
        name: 'short titles',
        for: () => () => {},
        describe: ({ action }) => (action.input ? { body: { schema: shortTitles } } : undefined),
      },
    },
  ]
}

describe('Fuzzing routes', () => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engines[0]!.create()
    dataSource = await createDataSource({ ...database.options, entities: [Note], synchronize: true }).initialize()
  })
  after(() => dataSource?.destroy())

  const fuzz = (viewSet: Constructor, seed = 1) =>
    fuzzRoutes(
      applicationOf({
        viewSets: [viewSet],
        dataSource,
        instances: new Container({ context: { dataSource, logger: silentLogger } }),
      }),
      { dataSource, runs: 60, seed, prepare: () => dataSource.getRepository(Note).save({ title: 'a note' }) },
    )
  const failureOf = (viewSet: Constructor) =>
    fuzz(viewSet).then(
      () => 'nothing',
      (error: Error) => error.message,
    )

  it('finds nothing wrong with what is right, and tells what was answered', async () => {
    const { requests, answers } = await fuzz(RightViewSet)
    expect(requests).to.equal(6 * 60)
    expect(Object.keys(answers)).to.deep.equal([
      'notes_list',
      'notes_create',
      'notes_retrieve',
      'notes_update',
      'notes_destroy',
      'notes_partialUpdate',
    ])
    expect(answers['notes_create']?.[201]).to.be.greaterThan(1)
    expect(answers['notes_create']?.[400]).to.be.greaterThan(1)
    expect(answers['notes_update']?.[200]).to.be.greaterThan(1)
    expect(answers['notes_destroy']?.[204]).to.be.greaterThan(0)
  })

  it('tells which operations never succeeded', async () => {
    const { neverSucceeded } = await fuzz(ForbiddenViewSet)
    expect(neverSucceeded).to.deep.equal(['notes_retrieve'])
  })

  it('sends the same requests for the same seed', async () => {
    const [first, again] = [await failureOf(FallingViewSet), await failureOf(FallingViewSet)]
    expect(first.replace(/"requestId":"[^"]+"|\d+/g, '')).to.equal(again.replace(/"requestId":"[^"]+"|\d+/g, ''))
  })

  const mistakes: readonly (readonly [string, Constructor, RegExp])[] = [
    [
      'an answer of 500',
      FallingViewSet,
      /seed: 1\)[^]*notes_fall[^]*POST \/notes\/\d+\/fall[^]*it is no fault of a caller/,
    ],
    [
      'a row that a refused request left behind',
      LeavingViewSet,
      /notes_leave[^]*note has \{"id":\d+,"title":"left behind"\}/,
    ],
    [
      'a row that was left behind by parts that were all refused',
      PartlyViewSet,
      /notes_parts[^]*note has \{"id":\d+,"title":"of a part"\}/,
    ],
    [
      'a row that was written by reading',
      ReadingViewSet,
      /notes_look[^]*note has \{"id":\d+,"title":"was looked at"\}/,
    ],
    ['an answer that is not as the document says', LyingViewSet, /notes_count[^]*the body: it must be integer/],
    [
      'a body that the document does not allow',
      TakingViewSet,
      /notes_create[^]*it was accepted, and \/title must NOT have more/,
    ],
  ]
  for (const [what, viewSet, message] of mistakes) {
    it(`finds ${what}`, async () => {
      expect(await failureOf(viewSet)).to.match(message)
    })
  }

  it('sends requests to some operations only, where it is told so', async () => {
    const application = applicationOf({
      viewSets: [RightViewSet],
      dataSource,
      instances: new Container({ context: { dataSource, logger: silentLogger } }),
    })
    const { answers } = await fuzzRoutes(application, { dataSource, runs: 3, only: (id) => id.endsWith('_list') })
    expect(Object.keys(answers)).to.deep.equal(['notes_list'])
  })
})
