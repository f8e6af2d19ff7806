import { expect } from 'chai'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, role, Serializer } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { errorsIn, type Served, serve } from './support/served.js'

@Entity()
class Patient {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) name!: string
  @Column({ length: 80 }) finding!: string
}

class PatientSerializer extends Serializer(Patient, {
  fields: ['id', 'name', 'finding'],
  rules: { finding: { read: role('doctor') } },
}) {}
const options = { serializer: PatientSerializer, permissions: { '*': anyone } } as const

@Resource('/patients')
class PatientViewSet extends ModelViewSet(Patient, {
  ...options,
  filters: { finding: ['eq', 'icontains'] },
  search: ['name', 'finding'],
  ordering: ['name', 'finding'],
}) {}

/** There is nothing else to search. */
@Resource('/findings')
class FindingViewSet extends ModelViewSet(Patient, { ...options, search: ['finding'] }) {}

describeOnEngines('A field that a caller may not see', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Patient], synchronize: true }).initialize()
    await dataSource.getRepository(Patient).insert([
      { name: 'Ada Flu', finding: 'healthy' },
      { name: 'Bob', finding: 'a flu' },
    ])
    served = await serve({ viewSets: [PatientViewSet, FindingViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const callers = [undefined, 'eve', 'eve:nurse'] as const
  const asked = async (path: string, as?: string) => {
    const answer = await served.request('GET', path, as === undefined ? {} : { as })
    return answer.status === 200 ? answer.body.data.map(({ name }) => name) : [answer.status, ...errorsIn(answer)]
  }

  it('is not searched for that caller, while the others are', async () => {
    expect(await asked('/patients?search=flu', 'dora:doctor')).to.deep.equal(['Ada Flu', 'Bob'])
    expect(await asked('/patients?search=healthy', 'dora:doctor')).to.deep.equal(['Ada Flu'])
    for (const as of callers) {
      expect(await asked('/patients?search=flu', as)).to.deep.equal(['Ada Flu'])
      expect(await asked('/patients?search=healthy', as)).to.deep.equal([])
      // Words that are found in one field each.
      expect(await asked('/patients?search=ada+healthy', as)).to.deep.equal([])
    }
    expect(await asked('/patients?search=ada+healthy', 'dora:doctor')).to.deep.equal(['Ada Flu'])
  })

  it('is no search where no other field is searched', async () => {
    expect(await asked('/findings?search=flu', 'dora:doctor')).to.deep.equal(['Bob'])
    for (const as of callers) {
      expect(await asked('/findings?search=flu', as)).to.deep.equal([400, 'search unknown_parameter'])
      // What finds something and what finds nothing are refused alike.
      const [some, none] = await Promise.all(
        ['flu', 'zz'].map((word) => served.request('GET', `/findings?search=${word}`, as === undefined ? {} : { as })),
      )
      expect({ ...some!.body, requestId: '' }).to.deep.equal({ ...none!.body, requestId: '' })
    }
  })

  it('is neither filtered nor ordered by', async () => {
    expect(await asked('/patients?finding__icontains=flu', 'dora:doctor')).to.deep.equal(['Bob'])
    expect(await asked('/patients?ordering=finding', 'dora:doctor')).to.deep.equal(['Bob', 'Ada Flu'])
    for (const as of callers) {
      expect(await asked('/patients?finding=healthy', as)).to.deep.equal([400, 'finding unknown_parameter'])
      expect(await asked('/patients?ordering=finding', as)).to.deep.equal([400, 'ordering unknown_field'])
    }
  })
})
