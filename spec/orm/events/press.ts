import { Column, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import { type Adds, column, defineTrait } from '../../../src/index.js'

/** A third party's trait with a verb, and a rule that looks at nothing. */
const Publishing = defineTrait({
  name: 'Publishing',
  defaults: {},
  columns: () => ({ published: column.boolean({ default: false }) }),
  inputs: () => ({ publish: { note: column.string({ nullable: true }) } }),
  verbs: () => ({ publish: { set: () => ({ published: true }) } }),
})

class Numbered {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  text!: string
}

@Entity()
export class Keyword extends Numbered {}

@Entity()
@SoftDelete()
@Publishing()
export class Article extends Numbered {
  @ManyToMany(() => Keyword)
  @JoinTable()
  keywords!: Relation<Keyword>[]
}
export interface Article extends SoftDeletable, Adds<typeof Publishing> {}

@Entity()
@SoftDelete()
export class Remark extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Article)
  article!: Relation<Article>
}
export interface Remark extends SoftDeletable {}

/** Removed when it is deleted. */
@Entity()
export class Mark extends Numbered {
  @OnDelete('detach')
  @ManyToOne(() => Article, { nullable: true })
  article!: Relation<Article> | null
}

export { Numbered }
