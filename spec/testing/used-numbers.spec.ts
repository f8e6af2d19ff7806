import { expect } from 'chai'
import {
  anyone,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  Serializer,
  silentLogger,
} from 'plinth'
import { Container } from 'plinth/container'
import { Resource, Sluggable, type Slugged } from 'plinth/decorators'
import { fuzzRoutes } from 'plinth/testing'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { engines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'

/** The name is unique and so is what is made of it: who is refused for the one has used up a number of the other. */
@Entity({ name: 'used_label' })
@Sluggable({ from: 'name' })
class Label {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20, unique: true }) name!: string
}
interface Label extends Slugged {}

class LabelSerializer extends Serializer(Label, { fields: ['id', 'name', 'slug'] }) {}
class LabelService extends ModelService(Label) {}

@Resource('/labels')
class LabelViewSet extends ModelViewSet(Label, {
  serializer: LabelSerializer,
  service: LabelService,
  permissions: { '*': anyone },
}) {}

describe('Fuzzing routes of rows that are numbered', () => {
  let dataSource: ModelDataSource

  before(async () => {
    const database = await engines[0]!.create()
    dataSource = await createDataSource({ ...database.options, entities: [Label], synchronize: true }).initialize()
  })
  after(() => dataSource?.destroy())

  it('takes numbers that refused requests have used up for no change', async () => {
    const context = { dataSource, logger: silentLogger }
    const container = new Container({ context })
    const application = applicationOf({ viewSets: [LabelViewSet], dataSource, instances: container })
    const prepare = async () => {
      for (const name of ['a', 'b', 'A', '']) {
        if (!(await dataSource.getRepository(Label).existsBy({ name })))
          await dataSource.getRepository(Label).insert({ name })
      }
    }
    const { answers } = await fuzzRoutes(application, {
      dataSource,
      runs: 150,
      seed: 3,
      texts: ['a', 'b', 'A'],
      prepare,
    })
    expect(answers['labels_create']?.[409]).to.be.greaterThan(0)
  })
})
