import { inspect } from 'node:util'
import { expect } from 'chai'
import {
  anyone,
  type Call,
  contains,
  createDataSource,
  eq,
  gt,
  type Logger,
  lte,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  ne,
  not,
  oneOf,
  type Predicate,
  path as pathOf,
  Serializer,
  silentLogger,
  UsageError,
  ValidationError,
} from 'plinth'
import { Action, Resource, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn, TypeORMError } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

export interface Seat extends SoftDeletable {}
@Entity()
@SoftDelete()
export class Seat {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
  @Column({ type: 'json', nullable: true }) facts!: object | null
}

/** Rows whose keys are what nothing is as text. */
export interface Word extends SoftDeletable {}
@Entity()
@SoftDelete()
export class Word {
  @PrimaryColumn({ length: 20 }) id!: string
  @Column({ length: 20, default: 'first' }) name!: string
}

/** What a mistake of the program gives, whatever types say. */
const missing = undefined as never

class SeatService extends ModelService(Seat) {}

@Resource('/seats')
class SeatViewSet extends ModelViewSet(Seat, {
  serializer: class SeatSerializer extends Serializer(Seat, { fields: ['id', 'name'] }) {},
  permissions: { '*': anyone },
  service: SeatService,
}) {
  @Action({ method: 'get', on: 'collection', allow: anyone }) found({ params }: Call) {
    return this.select({} as Call).byId(params['seat'] as never)
  }
  @Action({ method: 'get', on: 'collection', allow: anyone }) selected(call: Call) {
    return this.select(call).where({ id: call.params['seat'] as never, name: 'first' })
  }
  @Action({ method: 'get', on: 'collection', allow: anyone }) compared(call: Call) {
    return this.select(call).where(not(eq('id', call.params['seat'] as never)))
  }
  @Action({ method: 'get', on: 'collection', allow: anyone }) served({ params }: Call) {
    return this.service.get(params['seat'] as never)
  }
  @Action({ method: 'post', on: 'collection', allow: anyone, answers: 'nothing' }) removed({ params }: Call) {
    return this.service.delete(params['seat'] as never)
  }
  @Action({ method: 'post', on: 'collection', allow: anyone, answers: 'nothing' }) async changed({ params }: Call) {
    await this.repository.update({ id: params['seat'] as never, name: 'first' }, { name: 'taken' })
  }
}

/** What an attempt throws, or what it has answered all the same. */
const refused = async (ask: () => unknown): Promise<unknown> => {
  try {
    return { answered: await ask() }
  } catch (error) {
    return error
  }
}

describeOnEngines('A value that is undefined', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const logged: unknown[] = []

  before(async () => {
    database = await engine.create()
    const options = { ...database.options, entities: [Seat, Word], synchronize: true }
    dataSource = await createDataSource(options).initialize()
    await dataSource.getRepository(Seat).insert([{ name: 'first' }, { name: 'second' }])
    await dataSource.getRepository(Word).insert([{ id: 'undefined' }, { id: 'null' }, { id: '[object Object]' }])
    const logger: Logger = { ...silentLogger, error: (_message, fields) => void logged.push(fields) }
    served = await serve({ viewSets: [SeatViewSet], dataSource, logger })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })
  afterEach(async () => {
    const names = (await dataSource.getRepository(Seat).find({ order: { id: 'ASC' } })).map(({ name }) => name)
    expect(names).to.deep.equal(['first', 'second'])
    expect(await dataSource.getRepository(Word).countBy({ name: 'first' })).to.equal(3)
  })

  const seats = () => dataSource.getRepository(Seat)
  const words = () => dataSource.getRepository(Word)

  it('finds no row by its key, though one is called as it is spelt', async () => {
    for (const wrong of [undefined, null, {}, [], true] as never[]) {
      expect(await seats().findById(wrong), String(wrong)).to.equal(null)
      expect(await words().findById(wrong), String(wrong)).to.equal(null)
      expect(await words().select().byId(wrong).count(), String(wrong)).to.equal(0)
    }
    expect(await words().findById('undefined')).to.include({ id: 'undefined' })
  })

  it('names no row to a verb, nor to a service', async () => {
    const service = new SeatService({ dataSource, logger: silentLogger })
    class WordService extends ModelService(Word) {}
    const ofWords = new WordService({ dataSource, logger: silentLogger })
    for (const wrong of [undefined, null, {}, [undefined], [null]] as never[]) {
      for (const verb of [() => words().purge(wrong), () => words().restore(wrong), () => seats().purge(wrong)])
        expect(await refused(verb), JSON.stringify(wrong)).to.include({ errorCode: 'NOT_FOUND' })
    }
    for (const wrong of [undefined, null] as never[]) {
      for (const ask of [
        () => service.get(wrong),
        () => service.update(wrong, { name: 'taken' }),
        () => service.delete(wrong),
        () => service.updateMany([wrong], { name: 'taken' }),
        () => service.deleteMany([wrong]),
        () => ofWords.get(wrong),
        () => ofWords.update(wrong, { name: 'taken' }),
        () => ofWords.delete(wrong),
        () => ofWords.updateMany([wrong], { name: 'taken' }),
        () => ofWords.deleteMany([wrong]),
      ])
        expect(await ask(), String(ask)).to.include({ success: false, errorCode: 'NOT_FOUND' })
    }
  })

  const predicates: Readonly<Record<string, () => Predicate>> = {
    eq: () => eq('id', missing),
    ne: () => ne('id', missing),
    gt: () => gt('id', missing),
    lte: () => lte('id', missing),
    oneOf: () => oneOf('id', [1, missing]),
    'not oneOf': () => not(oneOf('id', [missing])),
  }
  for (const [name, make] of Object.entries(predicates)) {
    it(`is no value to compare with: ${name}`, () => {
      expect(make).to.throw(UsageError, '"id" is undefined').with.property('code', 'E_UNDEFINED_VALUE')
    })
  }

  it('is no value to compare with at a path', () => {
    for (const make of [
      () => eq(pathOf('facts', ['size']), missing),
      () => contains(pathOf('facts', ['size']), missing),
    ])
      expect(make).to.throw(ValidationError).with.property('errorCode', 'INVALID_OPERAND')
  })

  it('widens no question, beside other values or alone', async () => {
    for (const where of [{ id: missing }, { id: missing, name: 'first' }]) {
      expect(() => seats().select().where(where))
        .to.throw(UsageError)
        .with.property('code', 'E_UNDEFINED_VALUE')
      for (const ask of [
        () => seats().findOneBy(where),
        () => seats().findOne({ where }),
        () => seats().findBy([where, { name: 'nobody' }]),
        () => seats().countBy(where),
        () => seats().existsBy(where),
        () => dataSource.manager.findOneBy(Seat, where),
      ])
        expect(await refused(ask), String(ask)).to.be.instanceOf(TypeORMError)
      for (const write of [
        () => seats().update(where, { name: 'taken' }),
        () => seats().update([where, { id: 1 }], { name: 'taken' }),
        () => seats().update([1, missing], { name: 'taken' }),
        () => seats().delete(where),
        () => seats().delete([missing]),
        () => dataSource.manager.delete(Seat, where),
      ])
        expect(await refused(write), String(write)).to.include({ errorCode: 'INVALID_CRITERIA' })
    }
  })

  it('is a mistake of the program over HTTP, or a row that is not there', async () => {
    const asked = async (method: string, path: string) => {
      const { status, body, text } = await served.request(method, path)
      expect(text).to.not.include('first')
      return [status, body['code'], body['detail']]
    }
    const none = [404, 'NOT_FOUND', 'There is no such row.']
    expect(await asked('GET', '/seats/undefined')).to.deep.equal(none)
    expect((await served.request('GET', '/seats/found')).body).to.deep.equal({ data: [] })
    expect(await asked('GET', '/seats/served')).to.deep.equal([404, 'NOT_FOUND', 'There is no such Seat.'])
    expect(await asked('POST', '/seats/removed')).to.deep.equal([404, 'NOT_FOUND', 'There is no such Seat.'])
    for (const [method, path] of [
      ['GET', '/seats/selected'],
      ['GET', '/seats/compared'],
    ] as const) {
      logged.length = 0
      expect(await asked(method, path), path).to.deep.equal([500, 'INTERNAL_ERROR', undefined])
      expect(logged, path).to.have.length(1)
      expect(inspect(logged), path).to.include('E_UNDEFINED_VALUE')
    }
    expect((await asked('POST', '/seats/changed')).slice(0, 2)).to.deep.equal([400, 'INVALID_CRITERIA'])
  })
})
