CREATE TABLE `coupon` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`coupon_event_id` int NOT NULL,
	`user_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`rank` int NOT NULL,
	`claimed_at` datetime(3) NOT NULL,
	`issued_at` datetime(3) NOT NULL DEFAULT (utc_timestamp(3)),
	`expires_at` datetime(3) NOT NULL,
	`used_at` datetime(3),
	CONSTRAINT `coupon_id` PRIMARY KEY(`id`),
	CONSTRAINT `coupon_one_per_user` UNIQUE(`user_id`,`coupon_event_id`),
	CONSTRAINT `coupon_one_per_rank` UNIQUE(`coupon_event_id`,`rank`),
	CONSTRAINT `coupon_rank_positive` CHECK(`coupon`.`rank` >= 1)
);
--> statement-breakpoint
CREATE TABLE `coupon_event` (
	`id` int AUTO_INCREMENT NOT NULL,
	`display_name` varchar(100) NOT NULL,
	`issue_limit` int NOT NULL,
	`opens_at` datetime(3) NOT NULL,
	`closes_at` datetime(3),
	`expires_at` datetime(3) NOT NULL,
	`discount_type` enum('FIXED_AMOUNT','PERCENT') NOT NULL,
	`discount_amount` int NOT NULL,
	`status` enum('active','paused','closed','archived') NOT NULL DEFAULT 'active',
	`version` int NOT NULL DEFAULT 1,
	`opened_epoch` bigint unsigned,
	`created_at` datetime(3) NOT NULL DEFAULT (utc_timestamp(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (utc_timestamp(3)),
	CONSTRAINT `coupon_event_id` PRIMARY KEY(`id`),
	CONSTRAINT `coupon_event_name_not_empty` CHECK(char_length(`coupon_event`.`display_name`) >= 1),
	CONSTRAINT `coupon_event_limit_in_bounds` CHECK(`coupon_event`.`issue_limit` between 1 and 10000000),
	CONSTRAINT `coupon_event_window_in_order` CHECK(`coupon_event`.`opens_at` < `coupon_event`.`expires_at` and (`coupon_event`.`closes_at` is null or (`coupon_event`.`opens_at` < `coupon_event`.`closes_at` and `coupon_event`.`closes_at` <= `coupon_event`.`expires_at`))),
	CONSTRAINT `coupon_event_discount_in_bounds` CHECK(`coupon_event`.`discount_amount` >= 1 and (`coupon_event`.`discount_type` <> 'PERCENT' or `coupon_event`.`discount_amount` <= 100)),
	CONSTRAINT `coupon_event_version_positive` CHECK(`coupon_event`.`version` >= 1)
);
--> statement-breakpoint
CREATE TABLE `failed_event` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`topic` varchar(249) character set ascii collate ascii_bin NOT NULL,
	`partition` int NOT NULL,
	`offset` bigint NOT NULL,
	`record_key` mediumtext,
	`raw_value` mediumtext,
	`error` varchar(1000) NOT NULL,
	`partition_epoch` bigint unsigned NOT NULL,
	`attempts` int NOT NULL DEFAULT 1,
	`first_seen_at` datetime(3) NOT NULL DEFAULT (utc_timestamp(3)),
	`last_seen_at` datetime(3) NOT NULL DEFAULT (utc_timestamp(3)),
	`state` enum('parked','replayed','discarded') NOT NULL DEFAULT 'parked',
	CONSTRAINT `failed_event_id` PRIMARY KEY(`id`),
	CONSTRAINT `failed_event_origin` UNIQUE(`topic`,`partition`,`offset`)
);
--> statement-breakpoint
CREATE TABLE `gate_epoch` (
	`id` tinyint NOT NULL,
	`epoch` bigint unsigned NOT NULL,
	`reason` varchar(500) NOT NULL,
	`began_at` datetime(3) NOT NULL DEFAULT (utc_timestamp(3)),
	`topic` varchar(249) character set ascii collate ascii_bin NOT NULL,
	`partitions` int NOT NULL,
	CONSTRAINT `gate_epoch_id` PRIMARY KEY(`id`),
	CONSTRAINT `gate_epoch_one_row` CHECK(`gate_epoch`.`id` = 1)
);
--> statement-breakpoint
CREATE TABLE `issue_conflict` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`kind` enum('rank_taken','user_has_other_rank','over_limit','stale_epoch') NOT NULL,
	`topic` varchar(249) character set ascii collate ascii_bin NOT NULL,
	`partition` int NOT NULL,
	`offset` bigint NOT NULL,
	`record` mediumtext NOT NULL,
	`standing_event_id` int,
	`standing_user_id` varchar(64) character set ascii collate ascii_bin,
	`standing_rank` int,
	`standing_claimed_at` datetime(3),
	`created_at` datetime(3) NOT NULL DEFAULT (utc_timestamp(3)),
	CONSTRAINT `issue_conflict_id` PRIMARY KEY(`id`),
	CONSTRAINT `issue_conflict_origin` UNIQUE(`topic`,`partition`,`offset`)
);
--> statement-breakpoint
CREATE TABLE `partition_epoch` (
	`topic` varchar(249) character set ascii collate ascii_bin NOT NULL,
	`partition` int NOT NULL,
	`epoch` bigint unsigned NOT NULL,
	`updated_at` datetime(3) NOT NULL DEFAULT (utc_timestamp(3)),
	CONSTRAINT `partition_epoch_source` PRIMARY KEY(`topic`,`partition`)
);
--> statement-breakpoint
ALTER TABLE `coupon` ADD CONSTRAINT `coupon_coupon_event_id_coupon_event_id_fk` FOREIGN KEY (`coupon_event_id`) REFERENCES `coupon_event`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `coupon_of_user_newest` ON `coupon` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `failed_event_state` ON `failed_event` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `issue_conflict_kind` ON `issue_conflict` (`kind`,`id`);