"""What reaches people and backends elsewhere: mail, SMS, webhooks, and answers by mail."""
