import { expect } from 'chai'
import {
  BaseService,
  ConflictError,
  createDataSource,
  type LogFields,
  type ModelDataSource,
  type ServiceContext,
  ServiceResult,
  silentLogger,
  withServiceContext,
} from 'plinth'
import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@Unique(['name'])
class Account {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) name!: string
}

class AccountService extends BaseService {
  readonly fields: LogFields[] = []

  open = (...names: readonly string[]): Promise<ServiceResult<number>> =>
    this.attempt(() =>
      this.atomic(async () => {
        for (const name of names) await this.dataSource.getRepository(Account).insert({ name })
        return this.count()
      }),
    )

  openAndRefuse = (name: string): Promise<ServiceResult<number>> =>
    this.atomic(async () => {
      await this.dataSource.getRepository(Account).insert({ name })
      return ServiceResult.failure('There are enough accounts.', 'ENOUGH')
    })

  fail = (error: unknown): Promise<ServiceResult<never>> => this.attempt(() => Promise.reject(error))

  count = (): Promise<number> => this.dataSource.getRepository(Account).count()

  log(): void {
    this.logger.info('hello')
  }
}

describeOnEngines('BaseService', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let service: AccountService

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Account], synchronize: true })
    await dataSource.initialize()
    service = new AccountService({ dataSource, logger: silentLogger })
  })

  beforeEach(() => dataSource.getRepository(Account).clear())

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('runs work in one unit: what the database refuses is a failure and leaves nothing', async () => {
    expect((await service.open('a', 'b')).unwrap()).to.equal(2)
    const refused = await service.open('c', 'a')
    expect(refused).to.include({ success: false, errorCode: 'DUPLICATE' })
    expect(await service.count()).to.equal(2)
  })

  it('undoes what a returned failure stands for', async () => {
    expect(await service.openAndRefuse('a')).to.include({ success: false, errorCode: 'ENOUGH' })
    expect(await service.count()).to.equal(0)
  })
})

describe('BaseService', () => {
  const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Account] })
  const context: ServiceContext = { dataSource, logger: silentLogger }

  it('takes its context from whoever constructs it', () => {
    const outer = withServiceContext(context, () => new AccountService())
    expect(outer).to.have.property('dataSource', dataSource)
    expect(new AccountService(context)).to.have.property('dataSource', dataSource)
    const other = createDataSource({ type: 'sqlite', database: ':memory:', entities: [] })
    withServiceContext(context, () => {
      withServiceContext({ ...context, dataSource: other }, () => {
        expect(new AccountService()).to.have.property('dataSource', other)
      })
      expect(() => withServiceContext(context, () => expect.fail('stop'))).to.throw('stop')
      expect(new AccountService()).to.have.property('dataSource', dataSource)
    })
  })

  it('says what to do where there is no context, also after one has ended', async () => {
    const message =
      /constructed outside of a container.*application\.resolve.*new CityService\(\{ dataSource, logger \}\)/
    expect(() => new AccountService()).to.throw(message)
    await withServiceContext(context, async () => {
      await Promise.resolve()
      expect(() => new AccountService()).to.throw(message)
    })
  })

  it('logs under the name of its class', () => {
    const children: LogFields[] = []
    const logger = { ...silentLogger, child: (fields: LogFields) => (children.push(fields), silentLogger) }
    new AccountService({ dataSource, logger }).log()
    expect(children).to.deep.equal([{ service: 'AccountService' }])
  })

  it('makes failures of exceptions only', async () => {
    const service = new AccountService(context)
    expect(await service.fail(new ConflictError('taken'))).to.include({ error: 'taken', errorCode: 'CONFLICT' })
    const bug = new RangeError('a bug')
    expect(await service.fail(bug).catch((error: unknown) => error)).to.equal(bug)
  })
})
