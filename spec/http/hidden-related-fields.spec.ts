import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  type Call,
  createDataSource,
  type DefinitionError,
  type ModelDataSource,
  ModelViewSet,
  role,
  rowRule,
  Serializer,
  type ViewSetModel,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'
import { errorsIn, type Served, serve } from './support/served.js'

@Entity('clinics')
class Clinic {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) name!: string
  @Column({ length: 40 }) code!: string
}

@Entity('clinic_doctors')
class Doctor {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) name!: string
  @Column({ length: 40 }) note!: string
  @Column({ type: 'int' }) salary!: number
  @Column({ length: 40 }) secret!: string
  @Column({ type: 'int' }) clinicId!: number
  @ManyToOne(() => Clinic) @JoinColumn({ name: 'clinicId' }) clinic!: Clinic
  @OneToMany('Visit', 'doctor') visits!: Visit[]
}

@Entity('clinic_visits')
class Visit {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) name!: string
  @Column({ type: 'int' }) doctorId!: number
  @ManyToOne('Doctor', 'visits') @JoinColumn({ name: 'doctorId' }) doctor!: Doctor
}

class ClinicSerializer extends Serializer(Clinic, {
  fields: ['id', 'name', 'code'],
  rules: { code: { read: role('hr') } },
}) {}

class DoctorSerializer extends Serializer(Doctor, {
  fields: ['id', 'name', 'note', 'salary', 'clinic'],
  nested: { clinic: ClinicSerializer },
  rules: {
    salary: { read: role('hr') },
    note: { read: rowRule<{ name: string }>('own', ({ user }, { name }) => user?.id === name) },
  },
}) {}

class VisitSerializer extends Serializer(Visit, {
  fields: ['id', 'name', 'doctor'],
  nested: { doctor: DoctorSerializer },
}) {}

@Resource('/visits')
class VisitViewSet extends BulkActionMixin(
  ModelViewSet(Visit, {
    serializer: VisitSerializer,
    permissions: { '*': anyone },
    filters: {
      'doctor.name': ['eq'],
      'doctor.salary': ['gte'],
      'doctor.note': ['eq'],
      'doctor.clinic.code': ['eq'],
    },
    search: ['doctor.name', 'doctor.note', 'doctor.clinic.code'],
    ordering: ['name', 'doctor.salary'],
  }),
  { permissions: { delete: anyone }, maxByFilter: 10 },
) {}

class OwnVisitsSerializer extends Serializer(Doctor, {
  fields: ['id', 'name', 'visits'],
  nested: {
    visits: {
      serializer: class extends Serializer(Visit, { fields: ['id', 'name'] }) {},
      scope: ({ user }: Call) => ({ name: user?.id ?? '' }),
    },
  },
}) {}

const ofVisits = (told: object) => {
  @Resource('/x')
  class Visits extends ModelViewSet(Visit, { serializer: VisitSerializer, permissions: { '*': anyone }, ...told }) {}
  return Visits
}
const ofDoctors = (told: object) => {
  const serializer = OwnVisitsSerializer
  @Resource('/x')
  class Doctors extends ModelViewSet(Doctor, { serializer, permissions: { '*': anyone }, ...told }) {}
  return Doctors
}

describeOnEngines('A field of related rows that a caller may not see', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    const entities = [Clinic, Doctor, Visit]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    await dataSource.getRepository(Clinic).insert([
      { name: 'North', code: 'n1' },
      { name: 'South', code: 's1' },
    ])
    await dataSource.getRepository(Doctor).insert([
      { name: 'eve', note: 'tired', salary: 9000, secret: 'x', clinicId: 1 },
      { name: 'bob', note: 'merry', salary: 10, secret: 'y', clinicId: 2 },
    ])
    await dataSource.getRepository(Visit).insert([
      { name: 'a', doctorId: 1 },
      { name: 'b', doctorId: 2 },
    ])
    served = await serve({ viewSets: [VisitViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const asked = async (path: string, as?: string) => {
    const answer = await served.request('GET', path, as === undefined ? {} : { as })
    return answer.status === 200 ? answer.body.data.map(({ name }) => name) : [answer.status, ...errorsIn(answer)]
  }

  it('is neither filtered nor ordered by, at any depth', async () => {
    expect(await asked('/visits?doctor.salary__gte=1000', 'hans:hr')).to.deep.equal(['a'])
    expect(await asked('/visits?doctor.clinic.code=s1', 'hans:hr')).to.deep.equal(['b'])
    expect(await asked('/visits?ordering=doctor.salary', 'hans:hr')).to.deep.equal(['b', 'a'])
    for (const as of [undefined, 'eve']) {
      expect(await asked('/visits?doctor.name=eve', as)).to.deep.equal(['a'])
      for (const parameter of ['doctor.salary__gte', 'doctor.note', 'doctor.clinic.code']) {
        expect(await asked(`/visits?${parameter}=1`, as)).to.deep.equal([400, `${parameter} unknown_parameter`])
      }
      expect(await asked('/visits?ordering=doctor.salary', as)).to.deep.equal([400, 'ordering unknown_field'])
    }
  })

  it('is not searched, while the others are', async () => {
    expect(await asked('/visits?search=n1', 'hans:hr')).to.deep.equal(['a'])
    for (const as of [undefined, 'eve']) {
      expect(await asked('/visits?search=eve', as)).to.deep.equal(['a'])
      expect(await asked('/visits?search=n1', as)).to.deep.equal([])
      expect(await asked('/visits?search=tired', as)).to.deep.equal([])
    }
  })

  it('is no filter of bulk actions', async () => {
    const body = { filter: { 'doctor.salary__gte': 1000 }, expectedCount: 7 }
    const told = await served.request('POST', '/visits/bulk/delete', { as: 'hans:hr', body })
    expect([told.status, told.body['code']]).to.deep.equal([409, 'COUNT_DIFFERS'])
    const refused = await served.request('POST', '/visits/bulk/delete', { as: 'eve', body })
    expect([refused.status, ...errorsIn(refused)]).to.deep.equal([400, '#/filter/doctor.salary__gte unknown_field'])
  })

  type Told = Partial<Pick<ViewSetModel, 'filters' | 'search' | 'ordering'>>
  const mistakesOf = (make: (told: object) => new () => unknown, told: Told): readonly string[] => {
    try {
      applicationOf({ viewSets: [make(told) as never], dataSource })
    } catch (error) {
      return (error as DefinitionError).mistakes.map(({ code, problem }) => `${code} ${problem}`)
    }
    return []
  }
  it('cannot be declared where its serializer does not show it', () => {
    const reason = 'is not shown by the serializer: callers would find out what they may not read.'
    expect(mistakesOf(ofVisits, { filters: { 'doctor.secret': ['eq'] } })).to.deep.equal([
      `E_FILTER its filter "doctor.secret" ${reason}`,
    ])
    expect(mistakesOf(ofVisits, { search: ['doctor.secret'] })).to.deep.equal([
      `E_SEARCH its search of "doctor.secret" ${reason}`,
    ])
    expect(mistakesOf(ofVisits, { ordering: ['doctor.secret'] })).to.deep.equal([
      `E_ORDERING its ordering by "doctor.secret" ${reason}`,
    ])
  })

  it('cannot be declared where a scope shows only some of the rows', () => {
    const reason =
      'leads to rows of "visits" that its `scope` does not show: callers would find out what they may not read.'
    expect(mistakesOf(ofDoctors, { filters: { 'visits.name': ['eq'] } })).to.deep.equal([
      `E_FILTER its filter "visits.name" ${reason}`,
    ])
    expect(mistakesOf(ofDoctors, { filters: { visits: ['isnull'] } })).to.deep.equal([
      `E_FILTER its filter "visits" ${reason}`,
    ])
    expect(mistakesOf(ofDoctors, { search: ['visits.name'] })).to.deep.equal([
      `E_SEARCH its search of "visits.name" ${reason}`,
    ])
  })
})
