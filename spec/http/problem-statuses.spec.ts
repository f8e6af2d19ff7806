import { expect } from 'chai'
import {
  anyone,
  createDataSource,
  DefinitionError,
  type ModelDataSource,
  ModelViewSet,
  Reply,
  Serializer,
  ViewSet,
} from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { Entity, PrimaryGeneratedColumn } from 'typeorm'
import { engines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'

@Entity('stated_doors')
class Door {
  @PrimaryGeneratedColumn() id!: number
}

class DoorSerializer extends Serializer(Door, { fields: ['id'] }) {}

@Resource('/stated')
class Stated extends ViewSet {
  @Action({ method: 'post', on: 'collection', allow: anyone, problems: { OPEN: 200, SHUT: 409, ODD: 99 } as never })
  open() {
    return Reply.json({})
  }
}

function mistakesOf(work: () => unknown): readonly string[] {
  try {
    work()
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    for (const { places } of error.mistakes) expect(places.join()).to.match(/problem-statuses\.spec\.(?:ts|js):\d+:\d+/)
    return error.mistakes.map(({ code, subject, problem, remedy }) => `${code} ${subject} ${problem} ${remedy}`)
  }
}

const remedy = 'Give it a status from 400 to 599.'

describe('The statuses of codes', () => {
  let dataSource: ModelDataSource

  before(async () => {
    const { options } = await engines[0]!.create()
    dataSource = await createDataSource({ ...options, entities: [Door] }).initialize()
  })
  after(() => dataSource?.destroy())

  it('are those of errors, of an action', () => {
    expect(mistakesOf(() => applicationOf({ viewSets: [Stated], dataSource }))).to.deep.equal([
      `E_PROBLEM_STATUS Stated.open its problem OPEN has the status 200, which is none of an error. ${remedy}`,
      `E_PROBLEM_STATUS Stated.open its problem ODD has the status 99, which is none of an error. ${remedy}`,
    ])
  })

  it('are those of errors, of a viewset', () => {
    const options = { serializer: DoorSerializer, permissions: { '*': anyone }, problems: { GONE: 302 } } as const
    expect(mistakesOf(() => ModelViewSet(Door, options as never))).to.deep.equal([
      `E_PROBLEM_STATUS The viewset of Door its problem GONE has the status 302, which is none of an error. ${remedy}`,
    ])
  })

  it('are those of errors, of a document', () => {
    const openapi = { title: 'Doors', version: '1', problems: { GONE: 600 } } as never
    expect(() => applicationOf({ viewSets: [], dataSource, openapi })).to.throw(DefinitionError, 'E_PROBLEM_STATUS')
  })
})
