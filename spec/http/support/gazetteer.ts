import {
  anyone,
  type Constructor,
  createDataSource,
  type ModelDataSource,
  ModelViewSet,
  type Pagination,
  role,
  Serializer,
} from 'plinth'
import { Resource, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm'
import type { Database, Engine } from '../../support/engines.js'

@Entity('gz_tongues')
export class Tongue {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) name!: string
}

export interface State extends SoftDeletable {}
@Entity('gz_states')
@SoftDelete()
export class State {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) name!: string
  @Column({ select: false, default: 'none' }) secret!: string
  @OneToMany(
    () => Town,
    (town) => town.state,
  )
  towns!: Relation<Town>[]
  @ManyToMany(() => Tongue) @JoinTable() tongues!: Tongue[]
}

/** Towns, with a column of nearly every kind. */
@Entity('gz_towns')
export class Town {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 80 }) @Index() name!: string
  @Column({ type: 'int', nullable: true }) people!: number | null
  @Column({ type: 'decimal', precision: 30, scale: 2, nullable: true }) budget!: string | null
  @Column({ type: 'bigint', default: '0' }) serial!: string
  @Column({ type: 'float', nullable: true }) height!: number | null
  @Column({ default: false }) capital!: boolean
  @Column({ type: 'date', nullable: true }) founded!: string | null
  @Column({ type: 'simple-enum', enum: ['small', 'large', 'medium'], default: 'small' }) size!: string
  @Column({ type: 'json', nullable: true }) facts!: Record<string, unknown> | null
  @Column({ type: 'int', nullable: true }) stateId!: number | null
  @Column({ default: 'x' }) password!: string
  /** With microseconds, where the engine has them. */
  @CreateDateColumn() seenAt!: Date
  @ManyToOne(
    () => State,
    (state) => state.towns,
    { nullable: true },
  )
  @JoinColumn({ name: 'stateId' })
  state!: Relation<State> | null
}

export class StateSerializer extends Serializer(State, { fields: ['id', 'name'] }) {}
export class TownSerializer extends Serializer(Town, {
  fields: [
    'id',
    'name',
    'people',
    'budget',
    'serial',
    'height',
    'capital',
    'founded',
    'size',
    'facts',
    'stateId',
    'password',
    'seenAt',
  ],
  writeOnly: ['password'],
  createOnly: ['id'],
}) {}

const number = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'range', 'isnull'] as const
const text = [...number, 'contains', 'startswith', 'iexact', 'icontains', 'istartswith'] as const

const options = {
  serializer: TownSerializer,
  permissions: { '*': anyone },
  filters: {
    name: text,
    people: number,
    budget: number,
    serial: ['eq', 'gt'],
    height: ['lt', 'gte'],
    capital: ['eq', 'ne'],
    founded: ['eq', 'range'],
    size: ['eq', 'in'],
    state: ['eq', 'in', 'isnull'],
    'state.name': ['eq', 'ne', 'icontains'],
    'state.tongues': ['eq', 'isnull'],
    'state.tongues.name': ['eq', 'in'],
    'facts.river': { operators: ['eq', 'isnull'], json: 'string' },
    'facts.bridges': { operators: ['eq', 'gt'], json: 'number', as: 'bridges' },
  },
  search: ['name', 'state.name', 'state.tongues.name'],
  ordering: ['name', 'people', 'budget', 'height', 'size', 'state.name', 'founded', 'serial', 'seenAt'],
} as const

@Resource('/towns')
export class TownViewSet extends ModelViewSet(Town, { ...options, defaultOrdering: ['name'] }) {}

/** How many people there are is for administrators to know. */
export class CensusSerializer extends Serializer(Town, {
  fields: ['id', 'name', 'people'],
  rules: { people: { read: role('admin') } },
}) {}

@Resource('/census')
export class CensusViewSet extends ModelViewSet(Town, {
  serializer: CensusSerializer,
  permissions: { '*': anyone },
  filters: { name: ['eq'], people: ['gt'] },
  ordering: ['name', 'people'],
}) {}

@Resource('/walk')
export class WalkViewSet extends ModelViewSet(Town, {
  ...options,
  defaultOrdering: ['-people', 'state.name'],
  pagination: { style: 'cursor', size: 3, max: 50 },
}) {}

@Resource('/states')
export class StateViewSet extends ModelViewSet(State, {
  serializer: StateSerializer,
  permissions: { '*': anyone },
  filters: { towns: ['isnull', 'in'], 'towns.name': ['eq', 'startswith'], 'towns.people': ['gt'] },
  search: ['name', 'towns.name'],
  ordering: ['name'],
}) {}

/** The towns with another pagination. */
export function countingViewSet(path: `/${string}`, pagination: Pagination): Constructor {
  @Resource(path)
  class Counting extends ModelViewSet(Town, { serializer: TownSerializer, permissions: { '*': anyone }, pagination }) {}
  return Counting
}

/** A database with states and towns on an engine. */
export async function createGazetteer(engine: Engine): Promise<{ dataSource: ModelDataSource; database: Database }> {
  const database = await engine.create()
  const dataSource = createDataSource({ ...database.options, entities: [Town, State, Tongue] })
  await dataSource.initialize()
  await dataSource.synchronize()
  return { dataSource, database }
}
