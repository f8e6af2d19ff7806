import {
  anyone,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  Reply,
  type RowCall,
  Serializer,
} from 'plinth'
import {
  Action,
  type HasVersion,
  Resource,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
  Versioned,
} from 'plinth/decorators'
import { injectable } from 'tsyringe'
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'
import type { Database, Engine } from '../../support/engines.js'

export interface Note extends UuidIdentified, Timestamped, HasVersion {}

/** A row with a version and a date. */
@Entity()
@UuidPk()
@Timestamps()
@Versioned()
export class Note {
  @Column({ length: 60 }) title!: string
  @Column({ default: 0 }) count!: number
}

export interface Dated extends Timestamped {}

/** A row with a date alone. */
@Entity()
@Timestamps()
export class Dated {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) title!: string
}

/** A row that tells nothing. */
@Entity()
export class Bare {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) title!: string
}

/** A row whose key its caller chooses. */
@Entity()
export class Keyed {
  @PrimaryColumn({ length: 20 }) key!: string
  @Column({ length: 60, unique: true }) title!: string
}

const KeyedSerializer = class extends Serializer(Keyed, { fields: ['key', 'title'], createOnly: ['key'] }) {}

@Resource('/keyed')
export class KeyedViewSet extends ModelViewSet(Keyed, { serializer: KeyedSerializer, permissions: { '*': anyone } }) {}

@injectable()
export class KeyedService extends ModelService(Keyed) {}

@Resource('/serviced-keyed')
export class ServicedKeyedViewSet extends ModelViewSet(Keyed, {
  serializer: KeyedSerializer,
  service: KeyedService,
  permissions: { '*': anyone },
}) {}

export class NoteSerializer extends Serializer(Note, { fields: ['id', 'title', 'count'] }) {}

@Resource('/notes')
export class NoteViewSet extends ModelViewSet(Note, { serializer: NoteSerializer, permissions: { '*': anyone } }) {
  /** Writes nothing, and says so. */
  @Action({ method: 'post', on: 'row', allow: anyone })
  look({ row }: RowCall<Note>): Reply {
    return Reply.json({ title: row.title })
  }
}

@injectable()
export class NoteService extends ModelService(Note) {}

@Resource('/serviced-notes')
export class ServicedNoteViewSet extends ModelViewSet(Note, {
  serializer: NoteSerializer,
  service: NoteService,
  permissions: { '*': anyone },
}) {}

@Resource('/guarded-notes')
export class GuardedNoteViewSet extends ModelViewSet(Note, {
  serializer: NoteSerializer,
  permissions: { '*': anyone },
  requirePrecondition: true,
}) {
  @Action({ method: 'post', on: 'row', allow: anyone, requirePrecondition: false })
  look({ row }: RowCall<Note>): Reply {
    return Reply.json({ title: row.title })
  }
}

@Resource('/dated')
export class DatedViewSet extends ModelViewSet(Dated, {
  serializer: class extends Serializer(Dated, { fields: ['id', 'title'] }) {},
  permissions: { '*': anyone },
  requirePrecondition: true,
}) {}

export class BareSerializer extends Serializer(Bare, { fields: ['id', 'title'] }) {}

@Resource('/bare')
export class BareViewSet extends ModelViewSet(Bare, {
  serializer: BareSerializer,
  permissions: { '*': anyone },
}) {}

/** A database with notes on an engine. */
export async function createNotes(engine: Engine): Promise<{ dataSource: ModelDataSource; database: Database }> {
  const database = await engine.create()
  const dataSource = createDataSource({ ...database.options, entities: [Note, Dated, Bare, Keyed] })
  await dataSource.initialize()
  await dataSource.synchronize()
  return { dataSource, database }
}
