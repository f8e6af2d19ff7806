import {
  anyone,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  type RowCall,
  Serializer,
  type ServiceResult,
} from 'plinth'
import {
  Action,
  type HasVersion,
  Resource,
  type Timestamped,
  Timestamps,
  TouchParent,
  Versioned,
} from 'plinth/decorators'
import {
  Column,
  Entity,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm'
import type { Database } from '../../support/engines.js'

@Entity('touched_labels')
export class Label {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

export interface Thread extends Timestamped, HasVersion {}
@Timestamps()
@Versioned()
@Entity('touched_threads')
export class Thread {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) title!: string
  @OneToMany(
    () => Remark,
    ({ thread }) => thread,
  )
  remarks!: Relation<Remark>[]
  @OneToMany(
    () => Sketch,
    ({ thread }) => thread,
  )
  sketches!: Relation<Sketch>[]
  @ManyToMany(() => Label) @JoinTable({ name: 'touched_thread_labels' }) labels!: Relation<Label>[]
}

/** Makes its thread younger. */
@TouchParent({ relation: 'thread' })
@Entity('touched_remarks')
export class Remark {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) text!: string
  @ManyToOne(
    () => Thread,
    ({ remarks }) => remarks,
    { nullable: false },
  )
  thread!: Relation<Thread>
}

/** Leaves its thread as it is. */
@Entity('touched_sketches')
export class Sketch {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) name!: string
  @ManyToOne(
    () => Thread,
    ({ sketches }) => sketches,
    { nullable: false },
  )
  thread!: Relation<Thread>
}

export interface Story extends Timestamped, HasVersion {}
/** Is made younger by its links, whoever writes them. */
@Timestamps({ touchOnRelations: ['labels'] })
@Versioned()
@Entity('touched_stories')
export class Story {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) title!: string
  @ManyToMany(() => Label) @JoinTable({ name: 'touched_story_labels' }) labels!: Relation<Label>[]
}

class LabelSerializer extends Serializer(Label, { fields: ['id', 'name'] }) {}
class RemarkPart extends Serializer(Remark, { fields: ['id', 'text'] }) {}
class SketchPart extends Serializer(Sketch, { fields: ['id', 'name'] }) {}
class ThreadPart extends Serializer(Thread, { fields: ['id', 'version'] }) {}

class ThreadSerializer extends Serializer(Thread, {
  fields: ['id', 'title', 'version', 'remarks', 'sketches', 'labels'],
  nested: {
    remarks: { serializer: RemarkPart, write: 'merge' },
    sketches: { serializer: SketchPart, write: 'replace' },
    labels: { serializer: LabelSerializer, write: 'id' },
  },
}) {}

class StorySerializer extends Serializer(Story, {
  fields: ['id', 'title', 'version', 'labels'],
  nested: { labels: { serializer: LabelSerializer, write: 'id' } },
}) {}

class RemarkSerializer extends Serializer(Remark, {
  fields: ['id', 'text', 'thread'],
  nested: { thread: { serializer: ThreadPart, write: 'id' } },
}) {}

class ThreadService extends ModelService(Thread) {
  /** Writes the row twice. */
  async retitle({ id }: Thread): Promise<ServiceResult<Thread>> {
    return this.atomic(async () => {
      await this.update(id, { title: 'first' })
      return this.update(id, { title: 'second' })
    })
  }

  /** Writes the row, then what makes it younger, and answers the row as it was in between. */
  async remark(thread: Thread): Promise<ServiceResult<Thread>> {
    return this.atomic(async () => {
      const written = await this.update(thread.id, { title: 'remarked' })
      await this.dataSource.getRepository(Remark).insert({ text: 'remark', thread: { id: thread.id } })
      return written
    })
  }

  /** Writes the row, takes that back, and writes it again. */
  async hesitate({ id }: Thread, between: () => Promise<unknown>): Promise<ServiceResult<Thread>> {
    await this.dataSource
      .atomic(async () => {
        await this.dataSource.getRepository(Thread).update(id, { title: 'undone' })
        throw new Error('Taken back.')
      })
      .catch(() => undefined)
    await between()
    return this.update(id, { title: 'decided' })
  }
}

/** What somebody else does between two writes of an action. */
export const meanwhile: { work: () => Promise<unknown> } = { work: async () => undefined }

@Resource('/threads')
class Threads extends ModelViewSet(Thread, {
  serializer: ThreadSerializer,
  service: ThreadService,
  permissions: { '*': anyone },
}) {
  @Action({ method: 'post', on: 'row', allow: anyone, answers: 'row' })
  retitle({ row }: RowCall<Thread>) {
    return this.service.retitle(row)
  }

  @Action({ method: 'post', on: 'row', allow: anyone, answers: 'row' })
  remark({ row }: RowCall<Thread>) {
    return this.service.remark(row)
  }

  @Action({ method: 'post', on: 'row', allow: anyone, answers: 'row' })
  hesitate({ row }: RowCall<Thread>) {
    return this.service.hesitate(row, () => meanwhile.work())
  }
}

/** The same rows without a service. */
@Resource('/bare-threads')
class BareThreads extends ModelViewSet(Thread, { serializer: ThreadSerializer, permissions: { '*': anyone } }) {}

@Resource('/stories')
class Stories extends ModelViewSet(Story, { serializer: StorySerializer, permissions: { '*': anyone } }) {}

@Resource('/remarks')
class Remarks extends ModelViewSet(Remark, { serializer: RemarkSerializer, permissions: { '*': anyone } }) {}

export const threadViewSets = [Threads, BareThreads, Stories, Remarks]

export function createThreads({ options }: Database): Promise<ModelDataSource> {
  const entities = [Label, Thread, Remark, Sketch, Story]
  return createDataSource({ ...options, entities, synchronize: true }).initialize()
}
