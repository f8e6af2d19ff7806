import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import {
  type Call,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  type RowCall,
  Serializer,
  signedIn,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

@Entity('narrowed_papers')
class Paper {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) title!: string
  @Column({ length: 20 }) ownerId!: string
}

class PaperSerializer extends Serializer(Paper, { fields: ['id', 'title'] }) {}

/** What happens between the moment at which a row is found and that at which it is written. */
let meanwhile: () => Promise<unknown> = async () => undefined

class SlowService extends ModelService(Paper) {
  override async update(...given: Parameters<InstanceType<ReturnType<typeof ModelService<Paper>>>['update']>) {
    await meanwhile()
    return super.update(...given)
  }
  override async delete(...given: Parameters<InstanceType<ReturnType<typeof ModelService<Paper>>>['delete']>) {
    await meanwhile()
    return super.delete(...given)
  }
}

const options = { serializer: PaperSerializer, permissions: { '*': signedIn } } as const

/** Its service knows nothing of its scope. */
@Resource('/served')
class ServedPapers extends ModelViewSet(Paper, {
  ...options,
  service: SlowService,
  scope: ({ user }: Call) => ({ ownerId: user?.id ?? '' }),
}) {}

/** Only its `select` says which rows a caller sees. */
@Resource('/selected')
class SelectedPapers extends ModelViewSet(Paper, options) {
  override select(call: Call) {
    return super.select(call).where({ ownerId: call.user?.id ?? '' })
  }
  override async performUpdate(call: RowCall<Paper, (typeof PaperSerializer)['$patch']>) {
    await meanwhile()
    return super.performUpdate(call)
  }
  override async performDestroy(call: RowCall<Paper>) {
    await meanwhile()
    return super.performDestroy(call)
  }
}

describeOnEngines(
  'A row that a caller sees',
  (engine) => {
    let database: Database
    let dataSource: ModelDataSource
    let served: Served

    before(async () => {
      database = await engine.create()
      dataSource = await createDataSource({ ...database.options, entities: [Paper], synchronize: true }).initialize()
      served = await serve({ viewSets: [ServedPapers, SelectedPapers], dataSource })
    })
    after(async () => {
      await served?.close()
      await dataSource?.destroy()
      await database?.drop()
    })

    for (const path of ['/served', '/selected']) {
      for (const method of ['PATCH', 'DELETE'] as const) {
        it(`is given to nobody else before it is written: ${method} ${path}`, async () => {
          const papers = dataSource.getRepository(Paper)
          await papers.clear()
          await papers.insert({ title: 'a', ownerId: 'ada' })
          const { id } = await papers.findOneByOrFail({})
          let goOn: (() => void) | undefined
          const arrived = new Promise<void>((resolve) => {
            meanwhile = () => {
              resolve()
              return new Promise<void>((open) => (goOn = open))
            }
          })
          const body = method === 'PATCH' ? { title: 'b' } : undefined
          const sent = served.request(method, `${path}/${id}`, { as: 'ada', body })
          await arrived
          const column = dataSource.driver.escape('ownerId')
          let isGiven = false
          const giving = dataSource.query(`UPDATE narrowed_papers SET ${column} = 'bob' WHERE id = ${id}`)
          await Promise.race([giving.then(() => (isGiven = true)), delay(200)])
          const wasGiven = isGiven
          goOn?.()
          expect([(await sent).status < 300, wasGiven]).to.deep.equal([true, false])
          await giving
        })
      }
    }
  },
  ['postgres', 'mariadb'],
)
