import { Entity, PrimaryColumn, type Relation, Tree, TreeChildren, TreeParent } from 'typeorm'
import { type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import { Tenanted, type TenantOwned } from '../../support/blog.js'

abstract class Node {
  @PrimaryColumn()
  id!: number
}

/** A tree of each kind: below 10 are 1, 2, 3 and 4, which are seen as items are. */
@Entity()
@Tree('closure-table')
@SoftDelete()
@Tenanted()
export class Branch extends Node {
  @TreeParent()
  parent!: Relation<Branch> | null

  @TreeChildren()
  children!: Relation<Branch>[]
}
export interface Branch extends SoftDeletable, TenantOwned {}

@Entity()
@Tree('materialized-path')
@SoftDelete()
@Tenanted()
export class Folder extends Node {
  @TreeParent()
  parent!: Relation<Folder> | null

  @TreeChildren()
  children!: Relation<Folder>[]
}
export interface Folder extends SoftDeletable, TenantOwned {}

@Entity()
@Tree('nested-set')
@SoftDelete()
@Tenanted()
export class Range extends Node {
  @TreeParent()
  parent!: Relation<Range> | null

  @TreeChildren()
  children!: Relation<Range>[]
}
export interface Range extends SoftDeletable, TenantOwned {}

export const trees = [Branch, Folder, Range] as const
