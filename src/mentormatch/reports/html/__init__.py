"""The HTML report: one file that opens anywhere and shows what was decided and why."""

from mentormatch.reports.html.report import Audience, html_report, write_html

__all__ = ["Audience", "html_report", "write_html"]
