ALTER TABLE `coupon` ADD `code` char(12) character set ascii collate ascii_bin;--> statement-breakpoint
ALTER TABLE `coupon_event` ADD `code_key` binary(16);--> statement-breakpoint
ALTER TABLE `coupon` ADD CONSTRAINT `coupon_one_per_code` UNIQUE(`code`);