import { type Adds, anyone, column, contextVariable, defineTrait, eq, ModelViewSet, Serializer, signedIn } from 'plinth'
import {
  type HasMetadata,
  Metadata,
  OnDelete,
  Resource,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'

const house = contextVariable<string>('house')

const Housed = defineTrait({
  name: 'Housed',
  defaults: {},
  columns: () => ({ house: column.string({ length: 10 }) }),
  scopes: () => ({ house: { where: eq('house', house), locked: true } }),
})

export interface Room extends Adds<typeof Housed> {}
@Entity('refused_housed')
@Housed()
export class Room {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

export interface Gadget extends HasMetadata {}
@Entity('refused_gadgets')
@Metadata({ maxDepth: 2 })
export class Gadget {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

export interface Draft extends UuidIdentified {}
@Entity('refused_drafts')
@UuidPk({ allowClientId: true })
export class Draft {
  @Column({ length: 20 }) owner!: string
}

export interface Team extends SoftDeletable {}
@Entity('refused_teams')
@SoftDelete()
export class Team {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

export interface Player extends SoftDeletable {}
@Entity('refused_players')
@SoftDelete()
export class Player {
  @PrimaryGeneratedColumn() id!: number
  @OnDelete('restrict') @ManyToOne(() => Team, { nullable: false }) team!: Relation<Team>
}

@Entity('refused_trophies')
export class Trophy {
  @PrimaryGeneratedColumn() id!: number
  @ManyToOne(() => Draft, { nullable: false }) draft!: Relation<Draft>
}

const permissions = { '*': anyone } as const

@Resource('/rooms')
export class RoomViewSet extends ModelViewSet(Room, {
  serializer: class RoomSerializer extends Serializer(Room, { fields: ['id', 'name'] }) {},
  permissions,
}) {}

@Resource('/gadgets')
export class GadgetViewSet extends ModelViewSet(Gadget, {
  serializer: class GadgetSerializer extends Serializer(Gadget, { fields: ['id', 'name', 'metadata'] }) {},
  permissions,
  verbs: { setMetadata: anyone, incrementMetadata: anyone, mergeMetadata: anyone },
}) {}

class DraftSerializer extends Serializer(Draft, { fields: ['id', 'owner'], createOnly: ['id'] }) {}

@Resource('/drafts')
export class DraftViewSet extends ModelViewSet(Draft, { serializer: DraftSerializer, permissions }) {}

@Resource('/own-drafts')
export class OwnDraftViewSet extends ModelViewSet(Draft, {
  serializer: DraftSerializer,
  permissions: { '*': signedIn },
  scope: ({ user }) => ({ owner: user?.id ?? '' }),
}) {}

class TeamSerializer extends Serializer(Team, { fields: ['id', 'name'] }) {}

@Resource('/teams')
export class TeamViewSet extends ModelViewSet(Team, { serializer: TeamSerializer, permissions }) {}

@Resource('/players')
export class PlayerViewSet extends ModelViewSet(Player, {
  serializer: class PlayerSerializer extends Serializer(Player, {
    fields: ['id', 'team'],
    nested: { team: TeamSerializer },
  }) {},
  permissions,
}) {}
