ALTER TABLE `failed_event` ADD `coupon_event_id` int;--> statement-breakpoint
ALTER TABLE `issue_conflict` ADD `coupon_event_id` int;--> statement-breakpoint
CREATE INDEX `failed_event_of_event` ON `failed_event` (`coupon_event_id`,`state`);--> statement-breakpoint
CREATE INDEX `issue_conflict_of_event` ON `issue_conflict` (`coupon_event_id`,`kind`);